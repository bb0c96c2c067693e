"""Telemetry stores: one file per implementation of `domain.ports.TelemetryStore`, one suite that all of them pass.

`identity` decides, `appender` runs the decision against a backend; the backends only look up, write and read back.
"""
