//! The identity of a source changes with its files and options, and findings hold for one identity.

use super::*;

#[tokio::test]
async fn the_identity_changes_with_files_and_options() {
    let files = Files::new().with("a.csv", "id\n1\n");
    let paths = [files.path("a.csv").display().to_string()];
    let plain = SourceOptions::default();
    let first = files.open("a.csv").await.identity().to_owned();
    assert_eq!(files.sources.identity(&paths, &plain).await.expect("finds"), first);
    assert_eq!(files.fresh_sources().identity(&paths, &plain).await.expect("finds"), first);
    let header = SourceOptions { header: Some(true), ..plain.clone() };
    assert_ne!(files.sources.identity(&paths, &header).await.expect("finds"), first);
    let files = files.with("a.csv", "id\n1\n2\n");
    let second = files.sources.identity(&paths, &plain).await.expect("finds");
    assert_ne!(second, first);

    files.sources.remember("decision", &first, &("negate".to_owned(), 3));
    let reader = files.fresh_sources();
    assert_eq!(reader.remembered("decision", &first), Some(("negate".to_owned(), 3)));
    assert_eq!(reader.remembered::<(String, i32)>("decision", &second), None);
    files.sources.remember("decision", &second, &("as_is".to_owned(), 0));
    assert_eq!(
        files.fresh_sources().remembered::<(String, i32)>("decision", &first),
        None,
        "one entry per key"
    );
}
