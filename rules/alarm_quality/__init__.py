"""Alarm quality by ISA-18.2, IEC 62682 and EEMUA 191: what the alarms of a shift ask of those who hear them. Pure."""
