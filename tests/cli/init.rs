//! `init`: recognises exports, writes a project and a crosswalk, and never overwrites.

use std::{fs, io::Write, path::Path};

use insta::assert_snapshot;

use crate::{env::Environment, outcome::repository};

/// What was written, after what was printed.
fn written(environment: &Environment, directory: &str) -> String {
    let read = |name: &str| {
        fs::read_to_string(environment.work().join(directory).join(name)).expect("it was written")
    };
    format!("--- marginql.toml\n{}--- crosswalk.csv\n{}", read("marginql.toml"), read("crosswalk.csv"))
}

fn copy(from: &Path, to: &Path, leave: &[&str]) {
    fs::create_dir_all(to).expect("the environment can be written");
    for entry in fs::read_dir(from).expect("the directory is there") {
        let path = entry.expect("it can be read").path();
        let name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
        if !leave.contains(&name.as_str()) {
            fs::copy(&path, to.join(name)).expect("the file can be copied");
        }
    }
}

#[test]
fn exports_become_a_project_in_two_commands() {
    let environment = Environment::new();
    let exports = repository().join("tests/model/four_customers");
    copy(&exports, &environment.work(), &["marginql.toml", "crosswalk.csv", "expect.slt"]);
    let init = environment.transcript(&["init"]);
    assert_snapshot!("four_customers", format!("{init}{}", written(&environment, "")));
    let query = "SELECT customer_id, sum(revenue) AS revenue FROM customer_pnl GROUP BY customer_id ORDER BY customer_id LIMIT 10";
    assert_snapshot!("four_customers_pnl", environment.transcript(&["query", query]));
}

#[test]
fn every_format_renamed_headers_and_what_is_not_known() {
    let environment = Environment::new();
    let work = environment.work();
    for directory in ["in/desk", "in/.hidden", "in/connectors/crm"] {
        fs::create_dir_all(work.join(directory)).expect("the environment can be written");
    }
    environment.write("in/.hidden/tickets.csv", "Ticket ID,Create date,Close date\n1,2026-01-01,\n");
    environment.write(
        "in/desk/export.csv",
        "Datensatz-ID;Ticketname;Erstellungsdatum;Schließungsdatum\n7;Help;2026-03-01;2026-03-02\n",
    );
    environment.write("in/weather.csv", "Temperature,Wind\n20,3\n");
    environment.write(
        "in/tickets.csv",
        "Ticket ID,Ticket name,Pipeline,Ticket status,Create date\n7,Help,Support,Open,2026-03-01\n",
    );
    environment.write("in/broken.parquet", "no parquet");
    environment.write("in/crm.csv", "Firm No.,Firm,Tier of firm\nA,Alpha,gold\n");
    environment.write(
        "in/connectors/crm/connector.toml",
        "title = \"Our CRM\"\n[provides]\ncustomers = [\"firms\"]\n[tables.firms]\n\
         columns = [{ name = \"firm_no\", type = \"key\", required = true }, { name = \"firm\", type = \"text\" }]\n",
    );
    environment.write(
        "in/connectors/crm/customers.sql",
        "SELECT firm_no AS customer_key, firm AS name FROM firms\n",
    );
    for (name, day) in [("umsatz_2025", "24/04/2025"), ("umsatz_2026", "03/04/2026")] {
        let text = format!("Kundennummer,Buchungsdatum,Netto,Währung,Belegnummer\nA,{day},10.00,EUR,1\n");
        let file =
            fs::File::create(work.join(format!("in/{name}.csv.gz"))).expect("the environment can be written");
        let mut packed = flate2::write::GzEncoder::new(file, flate2::Compression::default());
        packed.write_all(text.as_bytes()).expect("the file can be written");
        packed.finish().expect("the file can be written");
    }
    let mut workbook = rust_xlsxwriter::Workbook::new();
    for (name, header) in
        [("Costs", ["posted_on", "category", "amount"]), ("Surveys", ["answered_at", "kind", "score"])]
    {
        let sheet = workbook.add_worksheet();
        sheet.set_name(name).expect("a name");
        for (column, header) in (0..).zip(header) {
            sheet.write_string(0, column, header).expect("writes");
            let value = match header {
                "posted_on" | "answered_at" => "2026-03-01",
                "category" => "support.salaries",
                "kind" => "nps",
                _ => "9",
            };
            sheet.write_string(1, column, value).expect("writes");
        }
    }
    workbook.save(work.join("in/book.xlsx")).expect("saves");
    let init = environment.transcript(&["init", "in"]);
    assert_snapshot!(format!("{init}{}", written(&environment, "in")));
    // Sheets of a workbook are read by their names.
    let query = "SELECT kind, score FROM all_surveys";
    assert_snapshot!("sheets_are_read", environment.transcript(&["--project", "in", "query", query]));
}

#[test]
fn nothing_is_overwritten_and_nothing_is_written_for_nothing() {
    let environment = Environment::new();
    for directory in ["project", "crosswalk", "empty", "other"] {
        fs::create_dir(environment.work().join(directory)).expect("the environment can be written");
    }
    environment.write("project/marginql.toml", "mine");
    environment.write("crosswalk/crosswalk.csv", "mine");
    environment.write("other/weather.csv", "Temperature,Wind\n20,3\n");
    let directories = ["project", "crosswalk", "empty", "other", "nowhere"];
    let transcripts = directories.map(|directory| environment.transcript(&["init", directory]));
    assert_snapshot!(transcripts.join("\n"));
    let left = |file: &str| fs::read_to_string(environment.work().join(file)).ok();
    assert_eq!(left("project/marginql.toml").as_deref(), Some("mine"));
    assert_eq!(left("crosswalk/crosswalk.csv").as_deref(), Some("mine"));
    assert_eq!(left("crosswalk/marginql.toml"), None);
    assert_eq!(left("other/marginql.toml"), None);
}

#[test]
fn a_crosswalk_of_another_name_is_used() {
    let environment = Environment::new();
    environment.write("customers.csv", "customer_key,name\nA,Alpha\n");
    environment.write("known-customers.csv", "source,source_key,customer_id\ndesk,1,A\n");
    environment.run(&["init"]).done();
    let project = fs::read_to_string(environment.work().join("marginql.toml")).expect("it was written");
    assert!(project.contains("crosswalk = \"known-customers.csv\""), "{project}");
    assert!(!environment.names().contains(&"crosswalk.csv".to_owned()));
}

#[test]
fn rows_of_the_crosswalk_without_a_customer_change_nothing() {
    let environment = Environment::new();
    environment.write("customers.csv", "customer_key,name\nA,Alpha\n");
    environment
        .write("revenue.csv", "customer_key,posted_on,amount\nA,2026-03-01,10.00\nX,2026-03-01,1.00\n");
    environment.run(&["init"]).done();
    let crosswalk = fs::read_to_string(environment.work().join("crosswalk.csv")).expect("it was written");
    assert_eq!(crosswalk.lines().nth(1), Some("files,X,,,,,,"));
    let query = "SELECT customer_id, amount FROM revenue ORDER BY customer_id";
    assert_snapshot!(environment.transcript(&["query", query]));
}
