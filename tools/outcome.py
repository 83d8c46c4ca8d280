"""What a suite of tests came to."""

import dataclasses


@dataclasses.dataclass
class Outcome:
    passed: int = 0
    failed: list[str] = dataclasses.field(default_factory=list)  # names

    def add(self, name: str, passed: bool, detail: str = "") -> None:
        """Notes one test, and shows why it failed as soon as it is known."""
        if passed:
            self.passed += 1
            return
        self.failed.append(name)
        print(f"FAILED {name}\n{detail.rstrip()}", flush=True)

    def merge(self, other: "Outcome") -> None:
        self.passed += other.passed
        self.failed += other.failed
