"""The kernels themselves: stosign.cpp for CPU, stosign_triton.py for GPU. Both compute rule.py bit for bit."""
