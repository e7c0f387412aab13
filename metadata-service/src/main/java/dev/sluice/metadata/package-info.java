/** The metadata service: takes announcements of uploads, schedules work, and never touches a byte of them. */
@NullMarked
package dev.sluice.metadata;

import org.jspecify.annotations.NullMarked;
