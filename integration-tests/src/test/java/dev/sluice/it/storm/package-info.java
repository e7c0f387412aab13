/**
 * Storms: a driver issues random operations, a nemesis kills, freezes and cuts, and a checker compares the history of what clients did
 * and heard with all that is found once everything is healed and settled. A seed decides what is done; when which of it meets which,
 * the machine decides: a storm that found something is best repeated as often as it takes. One of two minutes or more does everything
 * that there is at least once, and has rounds in which every process lives on, so that slow leaks show. By itself, for as long as one
 * likes:
 * {@code mvn verify -Dtest=StormTest -Dsurefire.failIfNoSpecifiedTests=false -Dsluice.storm=PT30M -Dsluice.seed=N}. Its history, with
 * every fault, is {@code target/stacks/storm-*&#47;logs/history.log}.
 */
@NullMarked
package dev.sluice.it.storm;

import org.jspecify.annotations.NullMarked;
