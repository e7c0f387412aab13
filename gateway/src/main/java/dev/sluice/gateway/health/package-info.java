/** What operators see: liveness, readiness and metrics, on threads of their own. */
@NullMarked
package dev.sluice.gateway.health;

import org.jspecify.annotations.NullMarked;
