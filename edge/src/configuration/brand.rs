//! The operator's name, logo and colours. A page must stay readable and must load nothing else, so what could change that is
//! refused.

use policy::colour::{Colour, READABLE};
use policy::web_address::is_web_address;

use super::Mistakes;
use super::surroundings::Surroundings;
use crate::brand::{Accent, Brand, DARK_PAPER, Logo, PAPER};

pub(super) fn read(given: &Surroundings, mistakes: &mut Mistakes) -> Brand {
    let product = given.text("USHER_PRODUCT").filter(|text| !text.is_empty());
    Brand::new(
        product.unwrap_or_else(|| "Usher".to_owned()),
        logo(given, mistakes),
        accent(given, mistakes),
    )
}

fn logo(given: &Surroundings, mistakes: &mut Mistakes) -> Option<Logo> {
    let address = given.text("USHER_LOGO").filter(|text| !text.is_empty())?;
    let source = source_of(&address).map(str::to_owned);
    if source.is_none() {
        let shown: String = address.chars().take(MOST_SHOWN).collect();
        mistakes.note(format!(
            "USHER_LOGO is `{shown}`; give the https: address of an image, of letters, digits and `-._~/%?&=+` only, or a data: \
             address such as `data:image/svg+xml;base64,…`"
        ));
    }
    source.map(|source| Logo { address, source })
}

/// What a Content Security Policy calls this image. It separates by `;`, `,` and blanks, and knows no query (CSP3 section 2.3.1).
fn source_of(address: &str) -> Option<&str> {
    if let Some(data) = address.strip_prefix("data:image/") {
        let (kind, content) = data.split_once(";base64,")?;
        let base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
        let good = IMAGES.contains(&kind) && !content.is_empty() && content.bytes().all(base64);
        return good.then_some("data:");
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/%?&=+:".contains(&byte);
    let (place, _query) = address.split_once('?').unwrap_or((address, ""));
    let (_host, path) = place.strip_prefix("https://")?.split_once('/')?;
    let good = is_web_address(address, false) && address.bytes().all(plain) && !path.is_empty();
    good.then_some(place)
}

fn accent(given: &Surroundings, mistakes: &mut Mistakes) -> Accent {
    let light = colour(given, "USHER_ACCENT", PAPER, "darker", mistakes);
    let dark = colour(given, "USHER_ACCENT_DARK", DARK_PAPER, "lighter", mistakes);
    let usual = Accent::default();
    Accent {
        light: light.unwrap_or(usual.light),
        dark: dark
            .or(light.map(|light| light.lightened_for(DARK_PAPER)))
            .unwrap_or(usual.dark),
    }
}

/// A colour in which text can be read on that paper, and which paper can be read on: buttons are filled with it.
fn colour(
    given: &Surroundings,
    name: &str,
    paper: Colour,
    cure: &str,
    mistakes: &mut Mistakes,
) -> Option<Colour> {
    let text = given.text(name).filter(|text| !text.is_empty())?;
    let Some(colour) = Colour::parse(&text) else {
        mistakes.note(format!(
            "{name} is `{text}`; give a colour as `#` and six hexadecimal digits, such as `#0550ae`"
        ));
        return None;
    };
    if !colour.is_readable_on(paper) {
        let ratio = |hundredths: u32| format!("{}.{:02}", hundredths / 100, hundredths % 100);
        mistakes.note(format!(
            "{name} is `{colour}`, which cannot be read on a page: its contrast with {paper} is {} to 1, and WCAG AA asks for {}; \
             give a {cure} one",
            ratio(colour.contrast(paper)),
            ratio(READABLE)
        ));
    }
    Some(colour)
}

/// The kinds of images that every browser draws, and that run nothing as an image.
const IMAGES: [&str; 6] = ["avif", "gif", "jpeg", "png", "svg+xml", "webp"];

/// So many characters of a wrong address are repeated: a data: address can be long.
const MOST_SHOWN: usize = 80;

#[cfg(test)]
mod tests {
    use super::super::surroundings::Given;
    use super::*;

    fn with(values: &[(&str, &str)]) -> (Brand, Vec<String>) {
        let text = |value: &str| Given::Text(value.to_owned());
        let given = values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), text(value)));
        let mut mistakes = Mistakes::default();
        let brand = read(&Surroundings(given.collect()), &mut mistakes);
        (brand, mistakes.0)
    }

    fn mistake(name: &str, value: &str) -> String {
        let (_, mistakes) = with(&[(name, value)]);
        assert_eq!(mistakes.len(), 1, "{value}: {mistakes:?}");
        mistakes.concat()
    }

    #[test]
    fn a_colour_that_cannot_be_read_is_refused_with_its_contrast() {
        assert_eq!(
            mistake("USHER_ACCENT", "#ffff00"),
            "USHER_ACCENT is `#ffff00`, which cannot be read on a page: its contrast with #ffffff is 1.07 to 1, and WCAG AA asks \
             for 4.50; give a darker one"
        );
        let dark = mistake("USHER_ACCENT_DARK", "#003366");
        assert!(dark.ends_with("give a lighter one"), "{dark}");
        for (name, value) in [
            ("USHER_ACCENT", "#0550ae"),
            ("USHER_ACCENT_DARK", "#79C0FF"),
        ] {
            assert_eq!(with(&[(name, value)]).1, [""; 0], "{value}");
        }
    }

    #[test]
    fn nothing_but_a_colour_gets_into_the_style() {
        for value in [
            "red",
            "#fff",
            "#0550ae}",
            "#0550ae;background:url(//x)",
            "0550ae",
        ] {
            assert!(mistake("USHER_ACCENT", value).contains("six hexadecimal digits"));
        }
    }

    #[test]
    fn the_colour_for_dark_pages_follows_from_the_other_unless_given() {
        let accent = |values: &[(&str, &str)]| accent_of(&with(values).0);
        assert_eq!(accent(&[]), "#0550ae #79c0ff");
        assert_eq!(
            accent(&[("USHER_ACCENT_DARK", "#ffffff")]),
            "#0550ae #ffffff"
        );
        let followed = accent(&[("USHER_ACCENT", "#8b0000")]);
        let dark = followed.strip_prefix("#8b0000 ").unwrap();
        assert!(Colour::parse(dark).unwrap().is_readable_on(DARK_PAPER));
        let given = [
            ("USHER_ACCENT", "#8b0000"),
            ("USHER_ACCENT_DARK", "#ffb3b3"),
        ];
        assert_eq!(accent(&given), "#8b0000 #ffb3b3");
    }

    fn accent_of(brand: &Brand) -> String {
        let declared = brand.style.split("--accent:").skip(1).take(2);
        let colours: Vec<_> = declared.filter_map(|rest| rest.get(..7)).collect();
        colours.join(" ")
    }

    #[test]
    fn a_logo_is_one_image_that_a_policy_can_name() {
        for (address, source) in [
            (
                "https://cdn.example/logo.svg",
                "https://cdn.example/logo.svg",
            ),
            (
                "https://cdn.example:8443/a/b%20c.png?v=3",
                "https://cdn.example:8443/a/b%20c.png",
            ),
            ("data:image/svg+xml;base64,PHN2Zy8+", "data:"),
            ("data:image/png;base64,iVBORw0KGgo=", "data:"),
        ] {
            let (brand, mistakes) = with(&[("USHER_LOGO", address)]);
            assert_eq!(mistakes, [""; 0], "{address}");
            assert_eq!(brand.logo.unwrap().source, source);
        }
        for address in [
            "http://cdn.example/logo.svg",
            "https://cdn.example",
            "https://cdn.example/",
            "https:///logo.svg",
            "//cdn.example/logo.svg",
            "/logo.svg",
            "https://cdn.example/logo.svg; script-src *",
            "https://cdn.example/a;b.svg",
            "https://cdn.example/a,b.svg",
            "https://cdn.example/\u{e9}.svg",
            "https://cdn.example/'unsafe-inline'",
            "https://cdn.example/*",
            "https://*.example/logo.svg",
            "https://user@cdn.example/logo.svg",
            "https://cdn.example/logo.svg#dark",
            "javascript:alert(1)",
            "data:text/html;base64,PGgxPg==",
            "data:image/svg+xml,<svg/>",
            "data:image/png;base64,",
            "data:image/png;charset=x;base64,AAAA",
            "data:image/png;base64,AA AA",
        ] {
            assert!(mistake("USHER_LOGO", address).contains("give the https: address"));
        }
        let long = format!("data:image/png;base64,{}!", "A".repeat(5000));
        assert!(mistake("USHER_LOGO", &long).len() < 400);
    }
}
