//! Instants as whole microseconds since 1970-01-01T00:00Z, to and from RFC 3339 and Python's `datetime`.

use pyo3::prelude::*;
use pyo3::types::{PyDateAccess, PyDateTime, PyTimeAccess, PyTzInfo, PyTzInfoAccess};

const SECOND: i64 = 1_000_000;
/// Microseconds.
pub const HOUR: i64 = 3600 * SECOND;
pub const DAY: i64 = 24 * HOUR;
/// Years that need no thought about the ends of a calendar.
const YEARS: std::ops::RangeInclusive<i64> = 1970..=2200;
/// Those of `store.telemetry.columns.Fitter`.
const STORED: std::ops::Range<i64> = 1678..2262;

/// Days since 1970-01-01 of a day of the Gregorian calendar (Howard Hinnant's `days_from_civil`).
fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day of days since 1970-01-01 (`civil_from_days`).
fn civil_of(days: i64) -> (i32, u8, u8) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    (year as i32, month as u8, day as u8)
}

fn last_of(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Digits as a number; `None` if one of them is none.
fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |n, d| d.is_ascii_digit().then(|| n * 10 + i64::from(d - b'0')))
}

/// The microseconds of `2026-03-01T08:00:00[.123456]+08:00`. `None` for anything that is not plainly that.
pub fn parsed(text: &[u8]) -> Option<i64> {
    if text.len() < 20 || [text[4], text[7], text[10], text[13], text[16]] != *b"--T::" {
        return None;
    }
    let (year, month, day) = (number(&text[..4])?, number(&text[5..7])?, number(&text[8..10])?);
    let (hour, minute, second) = (number(&text[11..13])?, number(&text[14..16])?, number(&text[17..19])?);
    let calendar = YEARS.contains(&year) && (1..=12).contains(&month) && day >= 1 && day <= last_of(year, month);
    if !calendar || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let (fraction, zone) = fraction(&text[19..])?;
    let seconds = days_of(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset(zone)?;
    Some(seconds * SECOND + fraction)
}

/// Microseconds after the point, and what follows them.
fn fraction(rest: &[u8]) -> Option<(i64, &[u8])> {
    let Some(digits) = rest.strip_prefix(b".") else { return Some((0, rest)) };
    let count = digits.iter().take_while(|d| d.is_ascii_digit()).count();
    if !(1..=6).contains(&count) {
        return None;
    }
    Some((number(&digits[..count])? * 10_i64.pow(6 - count as u32), &digits[count..]))
}

/// Seconds east of UTC of `Z` or `+08:00`.
fn offset(zone: &[u8]) -> Option<i64> {
    match zone {
        b"Z" => Some(0),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (number(&[*h1, *h2])?, number(&[*m1, *m2])?);
            let seconds = (hours * 60 + minutes) * 60;
            (hours <= 23 && minutes <= 59).then_some(if *sign == b'-' { -seconds } else { seconds })
        }
        _ => None,
    }
}

/// An instant as an aware `datetime` in UTC.
pub fn datetime<'py>(utc: &Bound<'py, PyTzInfo>, micros: i64) -> PyResult<Bound<'py, PyDateTime>> {
    let (days, of_day) = (micros.div_euclid(DAY), micros.rem_euclid(DAY));
    let (year, month, day) = civil_of(days);
    let (seconds, micros) = (of_day / SECOND, (of_day % SECOND) as u32);
    let (hour, minute, second) = ((seconds / 3600) as u8, (seconds / 60 % 60) as u8, (seconds % 60) as u8);
    PyDateTime::new(utc.py(), year, month, day, hour, minute, second, micros, Some(utc))
}

/// The microseconds of a `datetime` in UTC of the years that every store can hold; `None` of any other.
pub fn micros(at: &Bound<'_, PyDateTime>, utc: &Bound<'_, PyTzInfo>) -> Option<i64> {
    let year = i64::from(at.get_year());
    if !at.get_tzinfo()?.is(utc) || !STORED.contains(&year) {
        return None;
    }
    let days = days_of(year, i64::from(at.get_month()), i64::from(at.get_day()));
    let minutes = i64::from(at.get_hour()) * 60 + i64::from(at.get_minute());
    Some((days * 86_400 + minutes * 60 + i64::from(at.get_second())) * SECOND + i64::from(at.get_microsecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_is_plain_and_nothing_else() {
        assert_eq!(parsed(b"1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(parsed(b"2026-03-01T08:00:00.5+08:00"), Some(1_772_323_200_500_000));
        assert_eq!(parsed(b"2024-02-29T23:59:59.999999-00:30"), Some(1_709_252_999_999_999));
        for odd in [
            "2023-02-29T00:00:00Z",
            "2026-03-01t00:00:00Z",
            "2026-03-01T24:00:00Z",
            "2026-03-01T00:00:00",
            "2026-03-01T00:00:00.1234567Z",
            "2026-03-01T00:00:00.Z",
            "1969-12-31T23:59:59Z",
            "2026-03-01T00:00:00+24:00",
            "2026-03-01T00:00:00+0800",
            "2026-03-01T00:00:00Zx",
        ] {
            assert_eq!(parsed(odd.as_bytes()), None, "{odd}");
        }
    }

    #[test]
    fn days_go_there_and_back() {
        for days in 0..90_000 {
            let (year, month, day) = civil_of(days);
            assert_eq!(days_of(i64::from(year), i64::from(month), i64::from(day)), days);
        }
    }
}
