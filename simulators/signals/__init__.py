"""What a device measures at an instant: pure functions of (seed, device, instant)."""
