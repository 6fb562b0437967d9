"""Teams and squads: whose data people see."""
