"""How bad something is: the ladder of alerts, and the four grades of emergencies (突发事件)."""

from enum import StrEnum


class Severity(StrEnum):
    """The ladder of an alert, lowest first: 提示, 一般, 重要, 紧急 (city_operations 5.4)."""

    INFO = "info"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """Its place on the ladder, 0 = lowest."""
        return list(Severity).index(self)

    @property
    def word(self) -> str:
        """The word that officers use."""
        return _SEVERITIES[self]


_SEVERITIES = {Severity.INFO: "提示", Severity.MINOR: "一般", Severity.MAJOR: "重要", Severity.CRITICAL: "紧急"}


class EmergencyGrade(StrEnum):
    """The grade that an officer gives to an emergency (突发事件应对法): Ⅳ 一般, Ⅲ 较大, Ⅱ 重大, Ⅰ 特别重大."""

    GENERAL = "general"
    LARGER = "larger"
    SERIOUS = "serious"
    EXTREME = "extreme"

    @property
    def word(self) -> str:
        """The word that officers use."""
        return _GRADES[self]


_GRADES = {
    EmergencyGrade.GENERAL: "一般",
    EmergencyGrade.LARGER: "较大",
    EmergencyGrade.SERIOUS: "重大",
    EmergencyGrade.EXTREME: "特别重大",
}
