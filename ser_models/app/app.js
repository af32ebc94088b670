// What the page does in the browser: the timeline of a result follows the playhead, and the microphone.
() => {
  const timelineOf = (audio) => audio.closest(".result")?.querySelector(".timeline");

  // ---- the timeline of a result ----

  const follow = (event) => {
    const audio = event.target;
    const timeline = audio.matches?.(".ser audio") && timelineOf(audio);
    if (!timeline) return;
    const seconds = Number(audio.dataset.start) + audio.currentTime;
    timeline.style.setProperty("--played", Math.min(1, seconds / Number(timeline.dataset.end)));
    for (const span of timeline.querySelectorAll("button")) {
      const isPast = Number(span.dataset.start) <= seconds;
      const next = span.nextElementSibling?.dataset.start;
      span.classList.toggle("playing", isPast && !(Number(next) <= seconds));
    }
  };

  const seek = (span) => {
    const audio = span.closest(".result").querySelector("audio");
    audio.currentTime = Math.max(0, Number(span.dataset.start) - Number(audio.dataset.start));
    audio.play();
  };

  // ---- the microphone: samples → WebSocket → running timeline; at the end → WAV → upload ----

  const LONGEST = 600;  // seconds
  const BLOCK = 4096;  // samples per message
  const WORKLET = `registerProcessor("samples", class extends AudioWorkletProcessor {
    process([input]) { if (input.length) this.port.postMessage(input[0].slice()); return true; }
  });`;

  const int16 = (samples) => Int16Array.from(samples, (one) => Math.max(-1, Math.min(1, one)) * 0x7fff);

  const wav = (blocks, rate) => {
    const size = blocks.reduce((sum, block) => sum + block.byteLength, 0);
    const header = new DataView(new ArrayBuffer(44));
    const text = (at, word) => [...word].forEach((one, index) => header.setUint8(at + index, one.charCodeAt(0)));
    const numbers = [[4, 36 + size], [16, 16], [24, rate], [28, 2 * rate], [40, size]];
    text(0, "RIFF"); text(8, "WAVEfmt "); text(36, "data");
    for (const [at, number] of numbers) header.setUint32(at, number, true);
    for (const [at, number] of [[20, 1], [22, 1], [32, 2], [34, 16]]) header.setUint16(at, number, true);
    return new File([header, ...blocks], "microphone.wav", { type: "audio/wav" });
  };

  const upload = (file) => {
    const input = document.querySelector("#recording input[type=file]");
    const transfer = new DataTransfer();
    transfer.items.add(file);
    input.files = transfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const show = (panel, line) => {  // the answer for the newest window
    const colours = JSON.parse(panel.dataset.colours);
    const isEmotion = line.verdict === "emotion";
    const name = isEmotion ? line.emotion : line.verdict ?? "silence";
    const share = isEmotion ? `, ${Math.round(100 * line.confidence)} %` : "";
    const unsure = isEmotion && /\bunsure\b/.test(line.warning) ? ", unsure" : "";
    panel.querySelector(".status").textContent = `${line.end.toFixed(1)} s: ${name}${share}${unsure}`;
    const timeline = panel.querySelector(".timeline");
    let span = timeline.lastElementChild;
    if (span?.textContent !== name) {
      span = timeline.appendChild(document.createElement("span"));
      span.textContent = span.title = name;
      span.style.background = `var(${colours[name] ?? "--line"})`;
      span.classList.toggle("plain", !(name in colours));
      span.dataset.start = timeline.dataset.end ?? 0;
    }
    timeline.dataset.end = line.end;
    span.style.flex = line.end - Number(span.dataset.start);
  };

  const record = async (panel) => {
    const media = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
    const context = new AudioContext();
    const source = URL.createObjectURL(new Blob([WORKLET], { type: "text/javascript" }));
    await context.audioWorklet.addModule(source);
    const node = new AudioWorkletNode(context, "samples");
    context.createMediaStreamSource(media).connect(node);
    const address = `${location.origin.replace(/^http/, "ws")}/stream?rate=${context.sampleRate}`;
    const socket = new WebSocket(address);
    const blocks = [];
    let waiting = [], sent = 0, count = 0;
    const flush = () => {
      if (waiting.length) blocks.push(int16(waiting));
      waiting = [];
      if (socket.readyState === WebSocket.OPEN) while (sent < blocks.length) socket.send(blocks[sent++]);
    };
    const stop = () => {
      media.getTracks().forEach((track) => track.stop());
      context.close();
      flush();
      socket.close();
      return blocks.length ? wav(blocks, context.sampleRate) : null;
    };
    node.port.onmessage = ({ data }) => {
      waiting.push(...data);
      count += data.length;
      if (waiting.length >= BLOCK) flush();
      if (count > LONGEST * context.sampleRate) panel.querySelector("#speak").click();
    };
    socket.onmessage = ({ data }) => {
      const line = JSON.parse(data);
      if (line.error) panel.querySelector(".status").textContent = `No running answer: ${line.error}`;
      else if (!line.end || line.verdict !== undefined) show(panel, line);
    };
    return stop;
  };

  let stop = null;
  const speak = async (button) => {
    const panel = button.closest(".microphone");
    const status = panel.querySelector(".status");
    const label = button.querySelector(".label");
    if (stop) {
      const file = stop();
      stop = null;
      label.textContent = "Speak";
      button.classList.remove("recording");
      if (file) upload(file);
      return;
    }
    try {
      panel.querySelector(".timeline").replaceChildren();
      delete panel.querySelector(".timeline").dataset.end;
      stop = await record(panel);
      label.textContent = "Stop and show the result";
      button.classList.add("recording");
      status.textContent = "Listening …";
    } catch (error) {
      status.textContent = `No microphone (${error.message}): allow it in the browser, or choose a file`;
    }
  };

  for (const name of ["timeupdate", "seeked", "play"]) document.addEventListener(name, follow, true);
  document.addEventListener("click", (event) => {
    const span = event.target.closest?.(".result .timeline button");
    const button = event.target.closest?.("#speak");
    if (span) seek(span);
    if (button) speak(button);
  });
}
