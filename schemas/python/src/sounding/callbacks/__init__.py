"""Callbacks for trainers; each module imports its trainer's package, and nothing else does."""
