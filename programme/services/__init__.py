"""Everything that happens in the programme, one function a step, whoever asks: page, admin or task.

Each does the same: lock, move, save named fields, record, tell. What proposals share with everything else that is sent
in to calls is in `events.services`.
"""

from programme.services.inviting import KnownCoPresenter, Person, TooManyCoPresenters, answer, correct, not_me

__all__ = ["KnownCoPresenter", "Person", "TooManyCoPresenters", "answer", "correct", "not_me"]
