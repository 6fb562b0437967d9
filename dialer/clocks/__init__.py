"""What clocks say, and how far they may be believed: pure, over readings handed in.

The engine lives on two times. The *steady* one never goes back: floors, deadlines and durations go
by it. The *wall* is what the law and people go by, and somebody may put it right at any moment. A
switch has a wall of its own, on another machine, whose distance is measured, never supposed.
"""
