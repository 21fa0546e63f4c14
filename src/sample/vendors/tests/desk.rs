//! HubSpot, Drift and usage: the truth is found again by the rules of the documentation alone.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::*;

const FREE_MAIL: [&str; 3] = ["gmail.com", "outlook.com", "seznam.cz"];

/// Who is who: the crosswalk, else the domain, else the name.
struct Resolver {
    crosswalk: HashMap<(String, String), String>,
    by_domain: HashMap<String, String>,
    by_name: HashMap<String, String>,
}

fn plain_domain(text: &str) -> String {
    let text = text.to_lowercase();
    let text = text.trim_end_matches('.');
    text.strip_prefix("www.").unwrap_or(text).to_owned()
}

fn plain_name(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Resolver {
    fn new() -> Self {
        let mut resolver =
            Self { crosswalk: HashMap::new(), by_domain: HashMap::new(), by_name: HashMap::new() };
        for row in rows("exports/crosswalk.csv") {
            let key = (row["source"].clone(), row["source_key"].clone());
            resolver.crosswalk.insert(key, row["customer_id"].clone());
        }
        for row in rows("exports/syspro/ArCustomer.csv") {
            let code = trimmed(&row["Customer"]).to_owned();
            let domain = plain_domain(row["Email"].split('@').nth(1).unwrap());
            if !FREE_MAIL.contains(&domain.as_str()) {
                assert_eq!(resolver.by_domain.insert(domain, code.clone()), None, "domains are not shared");
            }
            assert_eq!(resolver.by_name.insert(plain_name(&row["Name"]), code), None, "names are not shared");
        }
        resolver
    }

    fn customer(&self, source: &str, key: &str, domain: &str, name: &str) -> String {
        let crosswalk = self.crosswalk.get(&(source.to_owned(), key.to_owned()));
        let found = crosswalk
            .or_else(|| self.by_domain.get(&plain_domain(domain)))
            .or_else(|| self.by_name.get(&plain_name(name)));
        found.cloned().unwrap_or_else(|| "(unattributed)".to_owned())
    }
}

/// The customer of every company id, old ids too.
fn companies(resolver: &Resolver) -> HashMap<String, String> {
    let mut companies = HashMap::new();
    for row in rows("exports/hubspot/companies.csv") {
        let id = &row["ID de registro"];
        let customer =
            resolver.customer("desk", id, &row["Company Domain Name"], &row["Nombre de la empresa"]);
        let old = row["Merged record IDs"].split(';').filter(|id| !id.is_empty());
        for id in old.chain([id.as_str()]) {
            companies.insert(id.to_owned(), customer.clone());
        }
    }
    companies
}

fn minutes_between(from: &str, to: &str) -> i64 {
    let minute = |text: &str| {
        let numbers: Vec<i32> = text.split(['-', ' ', ':']).map(|number| number.parse().unwrap()).collect();
        let day = crate::sample::calendar::day_of(numbers[0], numbers[1], numbers[2]);
        i64::from(day) * 1_440 + i64::from(numbers[3] * 60 + numbers[4])
    };
    minute(to) - minute(from)
}

type Interactions = BTreeMap<String, Vec<(String, Decimal, Option<Decimal>)>>;

fn true_interactions(source: &str) -> Interactions {
    let mut interactions = Interactions::new();
    for row in truth("interactions", source) {
        let minutes = (!row["handle_minutes"].is_empty()).then(|| decimal(&row["handle_minutes"]));
        let part = (row["customer_id"].clone(), decimal(&row["share"]), minutes);
        interactions.entry(row["interaction_id"].clone()).or_default().push(part);
    }
    interactions.values_mut().for_each(|parts| parts.sort());
    interactions
}

#[test]
fn tickets_are_shared_by_their_companies() {
    let resolver = Resolver::new();
    let companies = companies(&resolver);
    let mut associated: HashMap<String, BTreeSet<String>> = HashMap::new();
    for row in rows("exports/hubspot/ticket_company.csv") {
        associated.entry(row["ticket_id"].clone()).or_default().insert(row["company_id"].clone());
    }
    let mut found = Interactions::new();
    for ticket in distinct(rows("exports/hubspot/tickets.csv")) {
        if ticket["is_deleted"] == "true" {
            continue;
        }
        let elapsed = (!ticket["property_closed_date"].is_empty())
            .then(|| minutes_between(&ticket["property_createdate"], &ticket["property_closed_date"]));
        let minutes = elapsed.filter(|minutes| *minutes >= 0).map(|minutes| minutes.min(480));
        let nobody = BTreeSet::from([String::new()]);
        let of_ticket = associated.get(&ticket["id"]).unwrap_or(&nobody);
        let parts = i64::try_from(of_ticket.len()).unwrap();
        let mut shares = Vec::new();
        for (position, company) in of_ticket.iter().enumerate() {
            let millionths = 1_000_000 / parts + if position == 0 { 1_000_000 % parts } else { 0 };
            let share = Decimal::new(millionths, 6);
            let customer = companies.get(company).cloned().unwrap_or_else(|| "(unattributed)".to_owned());
            shares.push((customer, share, minutes.map(|minutes| share * Decimal::from(minutes))));
        }
        shares.sort();
        found.insert(ticket["id"].clone(), shares);
    }
    assert_eq!(found, true_interactions("desk"));
}

#[test]
fn chats_count_the_capped_gaps_before_answers_of_people() {
    let resolver = Resolver::new();
    let mut accounts: HashMap<String, String> = HashMap::new();
    for row in rows("exports/drift/accounts.csv") {
        let customer = resolver.customer("chat", &row["accountId"], &row["domain"], &row["name"]);
        accounts.insert(plain_domain(&row["domain"]), customer);
    }
    let contacts: HashMap<String, String> = rows("exports/drift/contacts.csv")
        .into_iter()
        .map(|row| (row["id"].clone(), row["attributes_email"].to_lowercase()))
        .collect();
    let bots: BTreeSet<String> = rows("exports/drift/users.csv")
        .into_iter()
        .filter(|row| row["bot"] == "true")
        .map(|row| row["id"].clone())
        .collect();
    let mut messages: HashMap<String, Vec<(i64, bool)>> = HashMap::new();
    for row in distinct(rows("exports/drift/messages.csv")) {
        let is_person =
            row["author_type"] == "user" && row["author_bot"] != "true" && !bots.contains(&row["author_id"]);
        let written = row["createdAt"].parse().unwrap();
        messages.entry(row["conversationId"].clone()).or_default().push((written, is_person));
    }
    let mut found = Interactions::new();
    for chat in rows("exports/drift/conversations.csv") {
        let messages = messages.get_mut(&chat["id"]).unwrap();
        messages.sort_unstable();
        let answers = messages.windows(2).filter(|pair| pair[1].1);
        let minutes: i64 = answers.map(|pair| ((pair[1].0 - pair[0].0) / 60_000).min(10)).sum();
        let domain = contacts[&chat["contactId"]].split('@').nth(1).unwrap_or_default();
        let customer = accounts.get(domain).cloned().unwrap_or_else(|| "(unattributed)".to_owned());
        found.insert(chat["id"].clone(), vec![(customer, Decimal::ONE, Some(Decimal::from(minutes)))]);
    }
    assert_eq!(found, true_interactions("chat"));
}

#[test]
fn answers_and_usage_name_the_customers_of_the_truth() {
    let resolver = Resolver::new();
    let companies = companies(&resolver);
    let unattributed = || "(unattributed)".to_owned();
    let answers = rows("exports/hubspot/feedback_submissions.csv");
    let true_answers = truth("surveys", "desk");
    assert_eq!(answers.len(), true_answers.len());
    for (answer, row) in answers.iter().zip(&true_answers) {
        let company = companies.get(&answer["Associated Company IDs"]).cloned().unwrap_or_else(unattributed);
        assert_eq!(company, row["customer_id"], "{answer:?}");
        assert_eq!(
            (&answer["hs_value"], &answer["hs_submission_timestamp"]),
            (&row["score"], &row["answered_at"])
        );
    }
    let codes: BTreeSet<String> =
        truth("customers", "erp").into_iter().map(|row| row["customer_id"].clone()).collect();
    for (used, row) in rows("exports/usage/usage.csv").iter().zip(truth("usage", "product")) {
        let customer = codes.get(&used["account"]).cloned().unwrap_or_else(unattributed);
        assert_eq!((&customer, &used["events"]), (&row["customer_id"], &row["events"]));
    }
}

#[test]
fn flexi_customers_are_found_by_domain_name_or_crosswalk() {
    let resolver = Resolver::new();
    let of_flexi: HashMap<String, String> = rows("exports/flexi/adresar.csv")
        .into_iter()
        .map(|row| {
            let domain = row["email"].split('@').nth(1).unwrap().to_owned();
            (format!("code:{}", row["kod"]), resolver.customer("flexi", &row["kod"], &domain, &row["nazev"]))
        })
        .collect();
    let documents: HashMap<String, String> = rows("exports/flexi/faktura-vydana.csv")
        .into_iter()
        .map(|row| (row["kod"].clone(), row["firma"].clone()))
        .collect();
    let mut empty = 0;
    for row in truth("revenue", "flexi") {
        let firm = &documents[&row["document"]];
        let customer = of_flexi.get(firm).cloned().unwrap_or_else(|| "(unattributed)".to_owned());
        assert_eq!(customer, row["customer_id"], "{row:?}");
        empty += usize::from(firm.is_empty());
    }
    assert!(empty > 0 && of_flexi.values().all(|customer| customer != "(unattributed)"));
    let direct = truth("costs", "flexi").into_iter().filter(|row| !row["customer_id"].is_empty()).count();
    assert!(direct > 0);
}
