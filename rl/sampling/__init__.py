"""Samplers in processes of their own, and bringing new weights to them."""
