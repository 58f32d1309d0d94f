/** A Node that does nothing, for long enough that its memory can be sampled. */
setTimeout(() => {}, 100);
