/**
 * How much may be under way and what may be tried again: concurrency limits, retry conditions,
 * retry budgets, back-off, deadlines.
 *
 * <p>Starting points: {@link dev.weft.engine.limits.Gate}, {@link
 * dev.weft.engine.limits.RetryConditions}.
 */
package dev.weft.engine.limits;
