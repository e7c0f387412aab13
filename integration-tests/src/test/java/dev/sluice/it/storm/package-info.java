/**
 * Storms: a driver issues random operations, a nemesis kills, freezes and cuts, and a checker compares the history of what clients did
 * and heard with all that is found once everything is healed and settled. A seed decides what is done.
 */
@NullMarked
package dev.sluice.it.storm;

import org.jspecify.annotations.NullMarked;
