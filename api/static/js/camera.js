// The camera as a scanner: what it reads goes to the scan field, as if it had been scanned by hand. It stays open from
// pack to pack; a code that stays in sight is taken once.

const AGAIN_AFTER = 1_800; // milliseconds out of sight before the same code counts as another pack
const LONGEST_SIDE = 960; // pixels: codes on packs are read at that size, and a phone decodes it in a few hundredths
const BEEP = { hertz: 1_200, seconds: 0.09 };

const panel = document.querySelector("[data-camera]");
const opener = document.querySelector("[data-open-camera]");
const picture = document.querySelector("[data-photo]");

if (navigator.mediaDevices?.getUserMedia && opener) {
  opener.hidden = false;
  opener.addEventListener("click", open);
}
// Where a browser stops a picture that was moved, it goes on.
document.addEventListener("htmx:afterSwap", () => {
  const video = panel?.querySelector("video");
  if (video?.srcObject?.active && video.paused) video.play();
});
picture?.addEventListener("change", () => picture.form.requestSubmit());

async function open() {
  const video = panel.querySelector("video");
  let stream;
  try {
    const wanted = { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 960 } };
    stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
  } catch {
    panel.querySelector("[data-camera-said]").textContent = panel.dataset.denied;
    panel.hidden = false;
    return;
  }
  const sound = new AudioContext();
  const worker = new Worker("/static/js/camera_worker.js");
  panel.hidden = false;
  opener.hidden = true;
  video.srcObject = stream;
  await video.play();
  offerLightAndZoom(stream.getVideoTracks()[0]);
  const reading = watch(video, worker, sound);
  panel.querySelector("[data-close-camera]").onclick = () => {
    reading.stop();
    worker.terminate();
    sound.close();
    for (const track of stream.getTracks()) track.stop();
    panel.hidden = true;
    opener.hidden = false;
    opener.focus();
  };
}

/** One frame at a time: the next is taken when the last was read. */
function watch(video, worker, sound) {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  let last = { code: "", at: -Infinity };
  let going = true;
  const look = () => {
    if (!going) return;
    const scale = Math.min(1, LONGEST_SIDE / Math.max(video.videoWidth, video.videoHeight));
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const frame = context.getImageData(0, 0, canvas.width, canvas.height);
    worker.postMessage(frame, [frame.data.buffer]);
  };
  worker.onmessage = ({ data: code }) => {
    const now = performance.now();
    if (code && (code !== last.code || now - last.at > AGAIN_AFTER)) take(code, sound);
    if (code) last = { code, at: now };
    requestAnimationFrame(look);
  };
  look();
  return {
    stop: () => {
      going = false;
    },
  };
}

function take(code, sound) {
  beep(sound);
  navigator.vibrate?.(60);
  dispatchEvent(new CustomEvent("panier:scan", { detail: code }));
}

function beep(sound) {
  const tone = sound.createOscillator();
  tone.frequency.value = BEEP.hertz;
  tone.connect(sound.destination);
  tone.start();
  tone.stop(sound.currentTime + BEEP.seconds);
}

function offerLightAndZoom(track) {
  const can = track.getCapabilities?.() ?? {};
  const light = panel.querySelector("[data-light]");
  const zoom = panel.querySelector("[data-zoom]");
  light.hidden = !can.torch;
  light.onclick = () => {
    const on = light.getAttribute("aria-pressed") !== "true";
    light.setAttribute("aria-pressed", String(on));
    track.applyConstraints({ advanced: [{ torch: on }] });
  };
  zoom.parentElement.hidden = !can.zoom;
  if (!can.zoom) return;
  Object.assign(zoom, { min: can.zoom.min, max: can.zoom.max, step: can.zoom.step || 0.1, value: can.zoom.min });
  zoom.oninput = () => track.applyConstraints({ advanced: [{ zoom: Number(zoom.value) }] });
}
