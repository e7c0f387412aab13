/** Figures of the docs: each benchmark measures one of them beside what it is compared with, in one run. */
@NullMarked
package dev.sluice.benchmark;

import org.jspecify.annotations.NullMarked;
