"""What the course costs, measured: seconds and memory."""
