"""The GRPO update: TRL trainer, its batches, log-probabilities, and several processes of it."""
