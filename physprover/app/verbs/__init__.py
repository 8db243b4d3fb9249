"""What each command of `physprover` does. With `cli` the only part of this package that may import the three stages."""
