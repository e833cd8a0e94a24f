"use strict";
// Handwriting of a sort: digits drawn as polylines, each turned, slanted, scaled, moved and thickened at random.

const SIZE = 16, PIXELS = SIZE * SIZE;

// mulberry32: a small generator of numbers in [0, 1) that gives the same digits every time.
function randomFrom(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function arc(x, y, rx, ry, from, to, parts = 12) {
  const points = [];
  for (let i = 0; i <= parts; ++i) {
    const angle = ((from + ((to - from) * i) / parts) * Math.PI) / 180;
    points.push([x + rx * Math.cos(angle), y + ry * Math.sin(angle)]);
  }
  return points;
}

// Strokes in a square from -1 to 1, y downwards; several ways to write some of them.
const STROKES = [
  [[arc(0, 0, 0.55, 0.9, -90, 270, 20)]],
  [[[[-0.3, -0.5], [0.1, -0.9], [0.1, 0.9]]], [[[0, -0.9], [0, 0.9]]]],
  [[[...arc(0, -0.4, 0.5, 0.5, -170, 30), [-0.55, 0.9], [0.6, 0.9]]]],
  [[[...arc(0, -0.45, 0.45, 0.45, -150, 90), ...arc(0, 0.45, 0.52, 0.45, -90, 150)]],
   [[[-0.5, -0.9], [0.45, -0.9], [-0.05, -0.15], ...arc(0, 0.4, 0.5, 0.5, -70, 150)]]],
  [[[[0.3, 0.9], [0.3, -0.9], [-0.55, 0.3], [0.65, 0.3]]], [[[-0.45, -0.85], [-0.5, 0.1], [0.5, 0.1]], [[0.35, -0.4], [0.3, 0.9]]]],
  [[[[0.5, -0.9], [-0.4, -0.9], [-0.45, -0.1], ...arc(-0.02, 0.35, 0.52, 0.55, -120, 140)]]],
  [[[[0.4, -0.9], [-0.3, -0.15], ...arc(0, 0.4, 0.48, 0.5, 200, 540, 18)]]],
  [[[[-0.55, -0.9], [0.55, -0.9], [-0.1, 0.9]]],
   [[[-0.55, -0.9], [0.55, -0.9], [-0.1, 0.9]], [[-0.25, 0], [0.45, 0]]]],
  [[arc(0, -0.45, 0.42, 0.43, 90, 450, 18), arc(0, 0.45, 0.52, 0.45, -90, 270, 18)]],
  [[[...arc(0, -0.4, 0.48, 0.5, 20, 380, 18), [0.35, 0.9]]]],
];

// `count` digits: pixels from 0 (paper) to 1 (ink) and the classes. All are drawn side by side onto one canvas.
function makeDigits(count, seed) {
  const random = randomFrom(seed), between = (low, high) => low + (high - low) * random();
  const columns = 64, rows = Math.ceil(count / columns);
  const canvas = document.createElement("canvas");
  canvas.width = columns * SIZE;
  canvas.height = rows * SIZE;
  const draw = canvas.getContext("2d", { willReadFrequently: true });
  draw.fillRect(0, 0, canvas.width, canvas.height);
  draw.strokeStyle = "#fff";
  draw.lineCap = draw.lineJoin = "round";
  const labels = new Int32Array(count);
  for (let i = 0; i < count; ++i) {
    const label = (labels[i] = Math.floor(10 * random()));
    const left = (i % columns) * SIZE, top = Math.floor(i / columns) * SIZE;
    const angle = between(-0.28, 0.28), slant = between(-0.35, 0.35), width = between(0.75, 1.1), height = between(0.75, 1.05);
    const x = SIZE / 2 + between(-1.2, 1.2), y = SIZE / 2 + between(-1.0, 1.0), scale = SIZE * 0.4;
    draw.save();
    draw.beginPath();
    draw.rect(left, top, SIZE, SIZE);
    draw.clip();
    draw.lineWidth = between(1.0, 2.2);
    const ways = STROKES[label];
    for (const stroke of ways[Math.floor(ways.length * random())]) {
      draw.beginPath();
      for (const [px, py] of stroke) {
        const u = (px + slant * -py + between(-0.07, 0.07)) * width, v = (py + between(-0.07, 0.07)) * height;
        draw.lineTo(left + x + scale * (u * Math.cos(angle) - v * Math.sin(angle)),
                    top + y + scale * (u * Math.sin(angle) + v * Math.cos(angle)));
      }
      draw.stroke();
    }
    draw.restore();
  }
  const image = draw.getImageData(0, 0, canvas.width, canvas.height).data;
  const pixels = new Float32Array(count * PIXELS);
  for (let i = 0; i < count; ++i) {
    const left = (i % columns) * SIZE, top = Math.floor(i / columns) * SIZE;
    for (let p = 0; p < PIXELS; ++p) {
      const ink = image[4 * ((top + Math.floor(p / SIZE)) * canvas.width + left + (p % SIZE))] / 255;
      pixels[i * PIXELS + p] = Math.min(1, Math.max(0, ink + between(-0.12, 0.12)));
    }
  }
  return { count, pixels, labels };
}
