//! Checksums as the tools write them into their histories.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256, Sha384};

/// Prisma: SHA-256 of the script. It takes a script with the other line ends for the same (`script_has_checksum` of its engine).
pub(super) fn prisma(script: &[u8]) -> Vec<String> {
    let unix = replaced(script);
    let windows: Vec<u8> = (unix.iter())
        .flat_map(|&byte| {
            let before: &[u8] = if byte == b'\n' { b"\r" } else { b"" };
            before.iter().copied().chain([byte])
        })
        .collect();
    let forms = [script, &unix, &windows];
    forms.map(|form| hex(&Sha256::digest(form))).to_vec()
}

fn replaced(script: &[u8]) -> Vec<u8> {
    let mut unix = Vec::with_capacity(script.len());
    for (at, &byte) in script.iter().enumerate() {
        if !(byte == b'\r' && script.get(at + 1) == Some(&b'\n')) {
            unix.push(byte);
        }
    }
    unix
}

/// sqlx: SHA-384 of the script, as PostgreSQL writes bytes.
pub(super) fn sqlx(script: &[u8]) -> String {
    format!("\\x{}", hex(&Sha384::digest(script)))
}

/// Flyway: CRC-32 of the lines without their ends and without a byte order mark, as a signed number.
pub(super) fn flyway(script: &str) -> String {
    let mut crc = crc32fast::Hasher::new();
    let text = script.strip_prefix('\u{feff}').unwrap_or(script);
    // Java's `BufferedReader` ends a line at \n, at \r, and at both.
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    for line in text.lines() {
        crc.update(line.as_bytes());
    }
    crc.finalize().cast_signed().to_string()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a text never fails.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_alone_never_make_a_prisma_script_another_one() {
        let [written, unix, windows] = <[String; 3]>::try_from(prisma(b"a\nb\n")).unwrap();
        assert_eq!(written, unix);
        assert_eq!(prisma(b"a\r\nb\r\n"), [windows.clone(), unix, windows]);
    }

    #[test]
    fn flyways_checksum_is_that_of_the_lines_alone() {
        // CRC-32 of "123456789" is cbf43926 (its check value), which is negative as a signed number.
        assert_eq!(flyway("1234\n56789"), "-873187034");
        assert_eq!(flyway("\u{feff}1234\r\n5678\r9\n"), "-873187034");
    }
}
