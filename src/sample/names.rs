//! The words that a made-up company's customers, people and products are named with.
//!
//! Only lists, and how they are put together. Some names need UTF-8, quoting in CSV, or both. Next: `company`.

use super::random::mix;

/// A country with the region it reports to, its currency, and how companies there end their names.
#[derive(Debug)]
pub(super) struct Country {
    pub name: &'static str,
    pub region: &'static str,
    pub currency: Currency,
    suffixes: &'static [&'static str],
    stems: &'static [&'static str],
}

/// The currency a customer is invoiced in.
#[derive(Debug)]
pub(super) struct Currency {
    pub code: &'static str,
    /// Units of it that buy what one US dollar buys.
    pub price_level: i64,
    /// US dollars for one unit, in units of 0.00000001.
    pub rate: i64,
    /// The smallest amount that is invoiced, in units of 0.0001.
    pub smallest: i64,
}

const fn currency(code: &'static str, price_level: i64, rate: i64, smallest: i64) -> Currency {
    Currency { code, price_level, rate, smallest }
}

const fn country(
    name: &'static str,
    region: &'static str,
    currency: Currency,
    suffixes: &'static [&'static str],
    stems: &'static [&'static str],
) -> Country {
    Country { name, region, currency, suffixes, stems }
}

const ENGLISH: &[&str] = &[
    "Amber",
    "Baxter",
    "Cobalt",
    "Crescent",
    "Delphi",
    "Evergreen",
    "Falcon",
    "Granite",
    "Harbor",
    "Ironwood",
    "Juniper",
    "Kestrel",
    "Lakeside",
    "Meridian",
    "Northwind",
    "O'Brien",
    "Pinnacle",
    "Quarry",
    "Redwood",
    "Silverline",
    "Summit",
    "Tidewater",
    "Umbra",
    "Vanguard",
    "Westbrook",
    "Yarrow",
    "Zephyr",
];
const GERMAN: &[&str] =
    &["Müller", "Schäfer", "Grünwald", "Weiß", "Königs", "Bergmann", "Nordsee", "Jäger", "Vogt"];
const FRENCH: &[&str] =
    &["Crème", "Élan", "Château", "Noël", "Garçon", "Lefèvre", "Rivière", "Soleil", "Montagne"];
const SPANISH: &[&str] = &["Peña", "Muñoz", "Águila", "Sol y Mar", "Ibáñez", "Cataluña", "Montaña", "Río"];
const CZECH: &[&str] =
    &["Žluťásek", "Dvořák", "Černý", "Říha", "Šťastný", "Vltava", "Krkonoše", "Novák", "Jizera"];
const NORDIC: &[&str] = &["Ørsted", "Åberg", "Sjögren", "Fjord", "Bjørn", "Skåne", "Nordlys", "Lindqvist"];
const PORTUGUESE: &[&str] = &["São Paulo", "Conceição", "Ipê", "Açaí", "Guimarães", "Paraná", "Amazônia"];
const JAPANESE: &[&str] = &["東京", "大阪", "富士", "桜", "北海道", "日本橋"];

/// Where customers are; the first ones are drawn more often.
pub(super) const COUNTRIES: &[Country] = &[
    country(
        "United States",
        "Americas",
        currency("USD", 1, 100_000_000, 100),
        &["Inc.", "LLC", "Corp."],
        ENGLISH,
    ),
    country("United Kingdom", "EMEA", currency("GBP", 1, 127_000_000, 100), &["Ltd", "plc"], ENGLISH),
    country("Germany", "EMEA", currency("EUR", 1, 108_000_000, 100), &["GmbH", "AG", "& Söhne KG"], GERMAN),
    country("Canada", "Americas", currency("USD", 1, 100_000_000, 100), &["Ltd.", "Inc."], ENGLISH),
    country("France", "EMEA", currency("EUR", 1, 108_000_000, 100), &["SARL", "S.A."], FRENCH),
    country("Czechia", "EMEA", currency("CZK", 23, 4_340_000, 100), &["s.r.o.", "a.s."], CZECH),
    country("Australia", "APAC", currency("USD", 1, 100_000_000, 100), &["Pty Ltd"], ENGLISH),
    country("Spain", "EMEA", currency("EUR", 1, 108_000_000, 100), &["S.L.", "S.A."], SPANISH),
    country("Sweden", "EMEA", currency("EUR", 1, 108_000_000, 100), &["AB", "A/S"], NORDIC),
    country("Brazil", "Americas", currency("USD", 1, 100_000_000, 100), &["Ltda.", "S.A."], PORTUGUESE),
    country("Japan", "APAC", currency("JPY", 150, 670_000, 10_000), &["株式会社"], JAPANESE),
];

/// What customers do.
pub(super) const INDUSTRIES: &[&str] = &[
    "Retail",
    "Manufacturing",
    "Healthcare",
    "Logistics",
    "Software",
    "Financial Services",
    "Education",
    "Energy",
];

/// How customers were won.
pub(super) const CHANNELS: &[&str] =
    &["organic search", "referral", "partner", "outbound", "paid search", "trade fair", "self-service"];

/// Who looks after customers.
pub(super) const OWNERS: &[&str] = &[
    "Aisha Khan",
    "Björn Åkesson",
    "Chloé Martin",
    "Daniel Novák",
    "Eva Horáková",
    "Farid Rahimi",
    "Grace O'Neill",
    "Hana Sato",
    "Ivan Petrov",
    "Julia Weiß",
    "Kofi Mensah",
    "Lucía Gómez",
];

/// Who answers tickets.
pub(super) const AGENTS: &[&str] = &[
    "agent.alvarez",
    "agent.becker",
    "agent.chen",
    "agent.dvorak",
    "agent.evans",
    "agent.fischer",
    "agent.garcia",
    "agent.haas",
    "agent.ito",
    "agent.jensen",
    "agent.kowalski",
    "agent.lopez",
    "agent.mori",
    "agent.nagy",
    "agent.okafor",
    "agent.patel",
];

const TRADES: &[&str] = &[
    "Analytics",
    "Bakery",
    "Components",
    "Dental",
    "Electronics",
    "Foods",
    "Freight",
    "Garden",
    "Hotels",
    "Instruments",
    "Kitchens",
    "Labs",
    "Logistics",
    "Media",
    "Motors",
    "Networks",
    "Optics",
    "Packaging",
    "Pharma",
    "Robotics",
    "Shipping",
    "Solar",
    "Systems",
    "Textiles",
    "Tools",
    "Travel",
    "Ventures",
    "Water",
];

/// The name of a company with this key in this country.
pub(super) fn company_name(country: &Country, key: u64) -> String {
    let first = mix(key, 1) % country.stems.len() as u64;
    let stem = pick(country.stems, first);
    // Another stem than the first.
    let partner = pick(country.stems, first + 1 + mix(key, 5) % (country.stems.len() as u64 - 1));
    let trade = pick(TRADES, mix(key, 2));
    let suffix = pick(country.suffixes, mix(key, 3));
    match mix(key, 4) % 40 {
        // A comma and quotation marks: what careless CSV readers stumble over.
        0 => format!("{stem}, {partner} & Partners {suffix}"),
        1 => format!("{stem} \"{trade}\" {suffix}"),
        2..8 => format!("{stem} {partner} {trade} {suffix}"),
        _ => format!("{stem} {trade} {suffix}"),
    }
}

/// One of a list, by any number.
pub(super) fn pick<T: Copy>(items: &[T], number: u64) -> T {
    items[usize::try_from(number % items.len() as u64).unwrap_or(0)]
}

/// A country, the first ones more often, from a number that belongs to a customer.
pub(super) fn country_of(number: u64) -> &'static Country {
    let all = COUNTRIES.len() as u64;
    // Of two draws the lower one.
    let position = (number % all).min(number / all % all);
    &COUNTRIES[usize::try_from(position).unwrap_or(0)]
}
