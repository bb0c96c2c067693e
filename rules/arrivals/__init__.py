"""What came, what came late or twice, and what is missing by sequence number: bounded books for each device."""
