"use strict";
// The page: trains while it is asked to, and draws what happens.

const BATCH = 32, TESTED = 512, TRAINED_ON = 8192;
const EVALUATE_EVERY = 10; // steps
const at = (id) => document.getElementById(id);
const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

let model, train, test;
let steps, losses, smoothed, accuracies, answers; // of this run
let running = false, trainingTime = 0, timedSteps = 0, rateWindow = [];
let order, position;
let shuffle = randomFrom(1);

function bytesOf(base64) {
  return Uint8Array.from(atob(base64.trim()), (character) => character.charCodeAt(0));
}

function learningRate() {
  return 10 ** Number(at("rate").value);
}

function reset(seed = 1) {
  model.init(seed);
  steps = 0;
  losses = [];
  smoothed = [];
  accuracies = [];
  rateWindow = [];
  trainingTime = timedSteps = 0;
  shuffle = randomFrom(1);
  order = Uint32Array.from({ length: train.count }, (_, i) => i);
  position = train.count;
  evaluate();
  draw();
}

// The next 32 digits of an order that is drawn anew for each epoch.
function fillBatch() {
  if (position + BATCH > train.count) {
    for (let i = train.count - 1; i > 0; --i) {
      const j = Math.floor(shuffle() * (i + 1));
      [order[i], order[j]] = [order[j], order[i]];
    }
    position = 0;
  }
  const x = model.elements("x"), label = model.elements("label");
  for (let i = 0; i < BATCH; ++i) {
    const digit = order[position++];
    x.set(train.pixels.subarray(digit * PIXELS, (digit + 1) * PIXELS), i * PIXELS);
    label[i] = train.labels[digit];
  }
}

function trainOnce() {
  fillBatch();
  model.elements("rate")[0] = learningRate();
  const start = performance.now();
  model.step();
  trainingTime += performance.now() - start;
  ++timedSteps;
  ++steps;
  const loss = model.elements("loss")[0];
  losses.push(loss);
  const before = smoothed.length ? smoothed[smoothed.length - 1] : loss;
  smoothed.push(before + 0.1 * (loss - before));
  if (steps % EVALUATE_EVERY === 0) evaluate();
}

// What the network answers to each test digit.
function evaluate() {
  answers = new Int32Array(test.count);
  let right = 0;
  for (let first = 0; first < test.count; first += BATCH) {
    model.elements("x").set(test.pixels.subarray(first * PIXELS, (first + BATCH) * PIXELS));
    model.infer();
    const logits = model.elements("logits");
    for (let i = 0; i < BATCH; ++i) {
      const scores = logits.subarray(10 * i, 10 * (i + 1));
      answers[first + i] = scores.indexOf(Math.max(...scores));
      right += answers[first + i] === test.labels[first + i];
    }
  }
  accuracies.push([steps, right / test.count]);
}

// A canvas of as many pixels as the screen has, and its size in CSS pixels.
function prepare(canvas) {
  const scale = window.devicePixelRatio || 1, width = canvas.clientWidth, height = canvas.clientHeight;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d");
  context.scale(scale, scale);
  context.font = "12px system-ui, sans-serif";
  return { context, width, height };
}

// Lines in a frame. toY: from a value to 0 (bottom) .. 1 (top); marks: [value, text] of the axis.
function drawChart(canvas, toY, marks, lines) {
  const { context, width, height } = prepare(canvas);
  const left = 46, right = width - 10, top = 8, bottom = height - 22;
  const last = Math.max(100, steps);
  const px = (step) => left + ((right - left) * step) / last;
  const py = (value) => bottom - (bottom - top) * Math.min(1, Math.max(0, toY(value)));
  context.strokeStyle = color("line");
  context.fillStyle = color("faint");
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const [value, text] of marks) {
    const y = Math.round(py(value)) + 0.5;
    context.beginPath();
    context.moveTo(left, y);
    context.lineTo(right, y);
    context.stroke();
    context.fillText(text, left - 8, y);
  }
  const unit = 10 ** Math.floor(Math.log10(last)), between = last / unit < 2 ? unit / 4 : last / unit < 5 ? unit / 2 : unit;
  context.textAlign = "center";
  context.textBaseline = "top";
  for (let step = 0; step <= last; step += between) context.fillText(String(step), Math.min(px(step), right - 12), bottom + 6);
  for (const { points, stroke, thick } of lines) {
    context.strokeStyle = stroke;
    context.lineWidth = thick;
    context.lineJoin = "round";
    context.beginPath();
    const skip = Math.max(1, Math.floor(points.length / (2 * width))); // no more points than can be seen
    for (let i = 0; i < points.length; i += skip) context.lineTo(px(points[i][0]), py(points[i][1]));
    context.stroke();
  }
}

function drawMistakes() {
  const { context, width, height } = prepare(at("mistakes"));
  const cell = 56, gap = 12, text = 18;
  const columns = Math.max(1, Math.floor((width + gap) / (cell + gap))), rows = Math.max(1, Math.floor(height / (cell + text + gap)));
  const wrong = [];
  for (let i = 0; i < test.count; ++i) if (answers[i] !== test.labels[i]) wrong.push(i);
  const digit = document.createElement("canvas");
  digit.width = digit.height = SIZE;
  const small = digit.getContext("2d"), image = small.createImageData(SIZE, SIZE);
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  context.imageSmoothingEnabled = false;
  context.textAlign = "center";
  context.textBaseline = "top";
  const shown = Math.min(wrong.length, columns * rows);
  for (let n = 0; n < shown; ++n) {
    const i = wrong[n], x = (n % columns) * (cell + gap), y = Math.floor(n / columns) * (cell + text + gap);
    for (let p = 0; p < PIXELS; ++p) {
      const ink = test.pixels[i * PIXELS + p];
      image.data.fill(Math.round(dark ? 30 + 225 * ink : 250 - 225 * ink), 4 * p, 4 * p + 3);
      image.data[4 * p + 3] = 255;
    }
    small.putImageData(image, 0, 0);
    context.drawImage(digit, x, y, cell, cell);
    context.strokeStyle = color("line");
    context.strokeRect(x + 0.5, y + 0.5, cell - 1, cell - 1);
    context.textAlign = "right";
    context.fillStyle = color("ink");
    context.fillText(`${test.labels[i]} →`, x + cell / 2 + 6, y + cell + 4);
    context.textAlign = "left";
    context.fillStyle = color("wrong");
    context.fillText(` ${answers[i]}`, x + cell / 2 + 7, y + cell + 4);
  }
  const rest = wrong.length - shown;
  at("mistakes-note").textContent =
    `${wrong.length} of ${test.count} test digits: what is written → what was read${rest > 0 ? `; ${rest} more` : ""}`;
}

function draw() {
  const accent = color("accent");
  const floor = Math.min(0.01, ...smoothed.slice(-1)) < 0.01 ? 0.001 : 0.01;
  const log = (loss) => Math.log10(Math.max(loss, 1e-9) / floor) / Math.log10(4 / floor);
  const marks = [[2, "2"], [1, "1"], [0.3, "0.3"], [0.1, "0.1"], [0.03, "0.03"], [0.01, "0.01"], [0.003, "0.003"], [0.001, "0.001"]];
  const points = (values) => values.map((value, i) => [i + 1, value]);
  drawChart(at("loss-curve"), log, marks.filter(([value]) => value >= floor),
    [{ points: points(losses), stroke: color("pale"), thick: 1 }, { points: points(smoothed), stroke: accent, thick: 2 }]);
  drawChart(at("accuracy-curve"), (value) => value, [0, 0.25, 0.5, 0.75, 1].map((value) => [value, `${100 * value} %`]),
    [{ points: accuracies, stroke: accent, thick: 2 }]);
  drawMistakes();
  at("steps").textContent = steps.toLocaleString("en");
  at("loss").textContent = smoothed.length ? smoothed[smoothed.length - 1].toPrecision(3) : "–";
  at("accuracy").textContent = `${(100 * accuracies[accuracies.length - 1][1]).toFixed(1)} %`;
  at("rate-value").textContent = learningRate().toPrecision(2);
  at("per-step").textContent = trainingTime > 0 ? `${((1000 * trainingTime) / timedSteps).toFixed(0)} µs` : "–";
  const first = rateWindow[0], latest = rateWindow[rateWindow.length - 1];
  const perSecond = rateWindow.length > 1 ? ((latest[1] - first[1]) * 1000) / (latest[0] - first[0]) : 0;
  at("per-second").textContent = running && perSecond > 0 ? Math.round(perSecond).toLocaleString("en") : "–";
}

function frame(now) {
  if (!running) return;
  const wanted = Number(at("speed").value), end = performance.now() + 12;
  for (let i = 0; (wanted ? i < wanted : performance.now() < end) && steps < pauseAfter; ++i) trainOnce();
  rateWindow.push([now, steps]);
  while (rateWindow.length > 2 && now - rateWindow[0][0] > 1000) rateWindow.shift();
  if (steps >= pauseAfter) {
    pauseNow();
    return;
  }
  draw();
  nextFrame();
}

function setRunning(on) {
  running = on;
  rateWindow = [];
  at("run").textContent = on ? "Pause" : steps ? "Go on" : "Start";
  if (on) nextFrame();
  else draw();
}

// Pixels of a canvas that were drawn on.
function drawnPixels(canvas) {
  const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  let count = 0;
  for (let i = 3; i < data.length; i += 4) count += data[i] > 0;
  return count;
}

// #steps=N in the address starts the training and pauses it after so many steps; what came of it is left in #result, for
// tests.
let pauseAfter = Infinity;
// A browser without a screen has no frames to wait for.
function nextFrame() {
  if (pauseAfter < Infinity) setTimeout(() => frame(performance.now()));
  else requestAnimationFrame(frame);
}
function pauseNow() {
  pauseAfter = Infinity;
  setRunning(false);
  at("result").textContent = JSON.stringify({
    steps,
    firstLoss: losses[0],
    lastLoss: smoothed[smoothed.length - 1],
    accuracy: accuracies[accuracies.length - 1][1],
    mistakes: answers.reduce((sum, answer, i) => sum + (answer !== test.labels[i]), 0),
    microseconds: (1000 * trainingTime) / timedSteps,
    drawn: Object.fromEntries(["loss-curve", "accuracy-curve", "mistakes"].map((id) => [id, drawnPixels(at(id))])),
  });
}

async function main() {
  const bytes = bytesOf(at("wasm").textContent);
  at("size").textContent = `${Math.round(bytes.length / 1024)} KiB`;
  model = await Model.load(bytes, "digits", BATCH);
  train = makeDigits(TRAINED_ON, 1);
  test = makeDigits(TESTED, 2);
  reset();
  at("run").addEventListener("click", () => setRunning(!running));
  at("reset").addEventListener("click", () => {
    setRunning(false);
    reset(1 + Math.floor(Math.random() * 1e9)); // other first weights each time
    at("run").textContent = "Start";
  });
  at("rate").addEventListener("input", () => (at("rate-value").textContent = learningRate().toPrecision(2)));
  window.addEventListener("resize", draw);
  const asked = /[#&]steps=(\d+)/.exec(location.hash);
  if (asked) {
    pauseAfter = Number(asked[1]);
    setRunning(true);
  }
}

main().catch((error) => {
  running = false;
  at("error").textContent = String(error);
});
