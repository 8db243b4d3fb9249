"""Stage 2, learning: optimizers, rollouts, GRPO, curriculum and the loop that joins them."""
