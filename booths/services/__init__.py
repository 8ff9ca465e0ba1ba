"""Everything that happens to a booth, one function a step, whoever asks: page, admin, task or command."""
