"""What a run costs on a cluster: memory, step time, and the fastest division of its GPUs."""
