/** What both listeners need of HTTP: problem answers, bounded JSON bodies, signatures of messages. */
@NullMarked
package dev.sluice.metadata.http;

import org.jspecify.annotations.NullMarked;
