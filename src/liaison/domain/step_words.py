"""Which sentence says how far a step has come, and the facts in it."""

from __future__ import annotations

from liaison.domain.link import Link, StepName


def step_words(link: Link, step: StepName, said: str) -> tuple[str, dict[str, str]]:
    """The sentence's key and facts; `said` is doing, waiting or done. The step for earlier files counts them."""
    work = link.earlier
    if step is not StepName.EARLIER_FILES or work is None:
        return f"step.{step.value}.{said}", {}
    if said != "done":
        return f"earlier.{said}", {"settled": str(work.settled), "files": str(work.files)}
    if not work.files:
        return "earlier.none", {}
    facts = {"settled": str(work.settled - work.failed), "files": str(work.files)}
    return f"earlier.{link.earlier_files.value}", facts
