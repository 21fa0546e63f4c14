//! In which encoding a text file is written, found by looking, and reading it as UTF-8.

use std::io::{self, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::error::{Error, Result};

/// Bytes decoded at a time.
const BLOCK_BYTES: usize = 64 * 1024;

/// The encoding with that name, as the web's standard lists them.
pub(super) fn by_name(name: &str) -> Result<&'static Encoding> {
    Encoding::for_label(name.as_bytes()).ok_or_else(|| {
        Error::config(format!("unknown encoding `{name}`"))
            .hint("use a name such as utf-8, utf-16le, windows-1252 or iso-8859-2")
    })
}

/// The encoding the first bytes show: by byte order mark, or by the zero bytes of UTF-16 without one.
///
/// Otherwise UTF-8 is assumed, and proved or refuted while the whole file is read.
pub(super) fn by_first_bytes(bytes: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding;
    }
    let pairs = bytes.len() / 2;
    let zeros = |offset: usize| bytes.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
    // Latin text in UTF-16 has a zero in nearly every pair of bytes, always on the same side.
    let most = |count: usize| pairs > 0 && count * 10 >= pairs * 6;
    match (zeros(0), zeros(1)) {
        (first, second) if most(second) && first * 10 < pairs => UTF_16LE,
        (first, second) if most(first) && second * 10 < pairs => UTF_16BE,
        _ => UTF_8,
    }
}

/// Returns the likeliest encoding of a text that is not UTF-8 throughout, by all its bytes; UTF-8 if most of what is not
/// ASCII is that, and only some of it is damaged. `goes_on` is asked between blocks.
pub(super) fn guess(mut reader: impl Read, goes_on: impl Fn() -> bool) -> io::Result<&'static Encoding> {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let (mut letters, mut damaged) = (0_u64, 0_u64);
    let mut block = vec![0; BLOCK_BYTES];
    let mut kept = 0;
    while goes_on() {
        let length = reader.read(&mut block[kept..])?;
        detector.feed(&block[kept..kept + length], length == 0);
        let filled = kept + length;
        kept = 0;
        for chunk in block[..filled].utf8_chunks() {
            letters += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count() as u64;
            let invalid = chunk.invalid();
            // A letter may go on in the next block.
            let is_cut = std::str::from_utf8(invalid).is_err_and(|error| error.error_len().is_none());
            if length > 0 && is_cut && !invalid.is_empty() {
                kept = invalid.len();
            } else {
                damaged += u64::from(!invalid.is_empty());
            }
        }
        block.copy_within(filled - kept..filled, 0);
        if length == 0 {
            break;
        }
    }
    Ok(match letters > damaged {
        true => UTF_8,
        false => detector.guess(None, Utf8Detection::Deny),
    })
}

/// Reads text in any encoding as UTF-8, without a byte order mark.
pub(super) struct DecodingReader<R> {
    reader: R,
    decoder: Decoder,
    input: Vec<u8>,
    input_range: std::ops::Range<usize>,
    output: Vec<u8>,
    output_range: std::ops::Range<usize>,
    at_end: bool,
}

impl<R: Read> DecodingReader<R> {
    pub(super) fn new(reader: R, encoding: &'static Encoding) -> Self {
        Self {
            reader,
            decoder: encoding.new_decoder_with_bom_removal(),
            input: vec![0; BLOCK_BYTES],
            input_range: 0..0,
            // A byte of a single-byte encoding becomes up to three in UTF-8.
            output: vec![0; BLOCK_BYTES * 3],
            output_range: 0..0,
            at_end: false,
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        if self.input_range.is_empty() && !self.at_end {
            let length = self.reader.read(&mut self.input)?;
            self.input_range = 0..length;
            self.at_end = length == 0;
        }
        let input = &self.input[self.input_range.clone()];
        let (result, read, written, _replaced) =
            self.decoder.decode_to_utf8(input, &mut self.output, self.at_end);
        self.input_range.start += read;
        self.output_range = 0..written;
        if result == CoderResult::InputEmpty && self.at_end {
            // A decoder must not be used after it was told of the end.
            self.decoder = UTF_8.new_decoder_without_bom_handling();
        }
        Ok(())
    }
}

impl<R: Read> Read for DecodingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.output_range.is_empty() {
            if self.at_end && self.input_range.is_empty() {
                return Ok(0);
            }
            self.refill()?;
        }
        let length = buffer.len().min(self.output_range.len());
        let start = self.output_range.start;
        buffer[..length].copy_from_slice(&self.output[start..start + length]);
        self.output_range.start += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::WINDOWS_1252;

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn encodings_are_found_with_and_without_a_mark() {
        assert_eq!(by_first_bytes(b"\xef\xbb\xbfid"), UTF_8);
        assert_eq!(by_first_bytes(b"\xff\xfei\0d\0"), UTF_16LE);
        assert_eq!(by_first_bytes(&utf16("id,name\n1,x", u16::to_le_bytes)), UTF_16LE);
        assert_eq!(by_first_bytes(&utf16("id,name\n1,x", u16::to_be_bytes)), UTF_16BE);
        assert_eq!(by_first_bytes(b"id,name"), UTF_8);
        assert_eq!(by_first_bytes(b""), UTF_8);
    }

    #[test]
    fn encodings_are_guessed_by_their_letters() {
        use encoding_rs::{ISO_8859_2, WINDOWS_1250, WINDOWS_1251};
        let text = "Kunde;Ort\nDvořák Železářství s.r.o.;Příbram\nŠimůnek Účetní;Plzeň\n".repeat(3);
        for encoding in [WINDOWS_1250, ISO_8859_2] {
            let (bytes, _, _) = encoding.encode(&text);
            let guessed = guess(&*bytes, || true).expect("reads");
            assert_eq!(guessed.decode(&bytes).0, text, "{} as {}", encoding.name(), guessed.name());
        }
        let (bytes, _, _) = WINDOWS_1251.encode("Клиент;Город\nООО Ромашка;Москва\n");
        assert_eq!(guess(&*bytes, || true).expect("reads"), WINDOWS_1251);
        let (bytes, _, _) = WINDOWS_1252.encode("Kunde;Ort\nMüller GmbH;Köln\nGroß & Söhne;Nürnberg\n");
        assert_eq!(guess(&*bytes, || true).expect("reads"), WINDOWS_1252);
        // One damaged letter among good ones is damage, whatever block it is in.
        let mut bytes = "Müller Köln ".repeat(20_000).into_bytes();
        bytes.push(0xff);
        assert_eq!(guess(&*bytes, || true).expect("reads"), UTF_8);
    }

    #[test]
    fn decoding_crosses_blocks_and_keeps_the_end() {
        let text = "Kč;Zoë–€\n".repeat(30_000);
        let bytes = utf16(&text, u16::to_le_bytes);
        let mut decoded = String::new();
        DecodingReader::new(bytes.as_slice(), UTF_16LE).read_to_string(&mut decoded).expect("decodes");
        assert!(decoded == text);
        decoded.clear();
        DecodingReader::new(&b"Zo\xeb \x80"[..], WINDOWS_1252).read_to_string(&mut decoded).expect("decodes");
        assert_eq!(decoded, "Zoë €");
    }
}
