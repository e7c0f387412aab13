/** Requests of people who mean harm, as tables in {@code resources/hostile}: what each is told, and that nothing else came of it. */
@NullMarked
package dev.sluice.it.hostile;

import org.jspecify.annotations.NullMarked;
