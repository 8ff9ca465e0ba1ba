"""Everything that happens to what is sent in to a call, one function a step, whoever asks: page, admin or task.

Each does the same: lock (the call first where its numbers count; then the row), move, save named fields, record, tell.
"""
