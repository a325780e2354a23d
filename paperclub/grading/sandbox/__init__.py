"""Where a submission runs: a clean process that forks, and what shuts its children in.

``zygote``, ``layers``, ``inside`` and ``probes`` run in the sandbox and import nothing of the
course but what the sandbox holds; ``mirror``, ``seccomp`` and ``start`` stand outside.
"""
