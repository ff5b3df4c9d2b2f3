// Looks whether the wait is over: ever less often, no sooner than the gate asks for, and never while nobody sees the page.
const page = document.documentElement.dataset;
const first = (selector) => document.querySelector(selector);
const WAKING = "instance_waking";
const steps = [...document.querySelectorAll(".steps li")];
const time = first("time");
let current = page.reason;
let since = Number(time?.dataset.seconds) * 1000 - performance.now();
let pause = 2;
let timer;
let asking = false;

// What answered a form is not loaded anew, or the form would be sent again. Loading anew keeps the whole address.
const arrive = () => (page.open ? location.replace(page.open) : location.reload());

// Another step is told in place: somebody who listens to the page keeps their place in it.
function show({ reason, title, detail, next }) {
  const at = steps.findIndex((step) => step.dataset.reason === reason);
  if (reason !== current) {
    document.title = document.title.replace(first("#title").textContent, title);
    for (const [id, text] of Object.entries({ title, detail, next })) first(`#${id}`).textContent = text;
    steps.forEach((step, index) => {
      step.className = index < at ? "over" : "";
      step.firstChild.hidden = index >= at;
      if (index === at) step.setAttribute("aria-current", "step");
      else step.removeAttribute("aria-current");
    });
    first("[role=status]").textContent = title;
    current = reason;
    since = -performance.now();
    pause = 2;
  }
  if (time) {
    const minutes = Math.floor((since + performance.now()) / 60000);
    const { moment, one, many } = time.dataset;
    if (minutes < 60) time.textContent = minutes < 1 ? moment : minutes + (minutes === 1 ? one : many);
  }
}

// Whether to go on waiting. An app that wakes up is asked itself; whether one is ready the gate knows.
async function waits(answer) {
  if (page.reason === WAKING) return answer.headers.get("usher-reason") === WAKING;
  const me = await answer.json();
  // What the gate cannot find out for a moment changes nothing.
  if (/_unavailable$/.test(me.reason)) return true;
  if (!steps.some((step) => step.dataset.reason === me.reason)) {
    first("[role=status]").textContent = me.title;
    return false;
  }
  show(me);
  return true;
}

async function ask() {
  if (asking) return;
  asking = true;
  let least = 0;
  try {
    const answer = await (page.reason === WAKING
      ? fetch(location.href, { method: "HEAD", redirect: "manual", cache: "no-store" })
      : fetch("/.usher/me"));
    least = Number(answer.headers.get("retry-after")) || 0;
    if (!(await waits(answer))) return arrive();
  } catch {
    // Offline, or no answer of the gate's own: asked again.
  }
  asking = false;
  pause = Math.min(pause * 1.25, 15);
  later(Math.max(pause, least));
}

function later(seconds) {
  clearTimeout(timer);
  // A little earlier or later, so that many who wait do not ask at once.
  if (!document.hidden) timer = setTimeout(ask, seconds * (900 + Math.random() * 200));
}

document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : ask()));
first("[data-again]").addEventListener("click", (event) => {
  event.preventDefault();
  arrive();
});
later(pause);
