"""What register and timetable files share: exact about where a mistake is and why it is one."""
