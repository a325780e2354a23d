var R=`/* One hand across all figures. Colours are those of colour.js; sizes follow the reader's own. */
.pc-figure {
  --pc-ink: #1c1c1e; --pc-muted: #595959; --pc-rule: #c9c9c9; --pc-paper: #ffffff;
  --pc-hover: #f1f3f5; --pc-edge: #767676; --pc-focus: #0072b2; --pc-emphasis: #e69f00;
  box-sizing: border-box;
  max-width: 1040px;
  margin: 0.5rem 0 1rem;
  color: var(--pc-ink);
  font: 400 16px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
  font-variant-numeric: tabular-nums;
}
.pc-figure.pc-dark {
  --pc-ink: #ececec; --pc-muted: #b3b3b3; --pc-rule: #4a4a4a; --pc-paper: #14181e;
  --pc-hover: #262b33; --pc-edge: #a3a3a3; --pc-focus: #7cc6f0; --pc-emphasis: #ffc04d;
  color-scheme: dark;
}
.pc-figure *, .pc-figure *::before { box-sizing: border-box; }
.pc-figure p { margin: 0; max-width: none; }
.pc-lead { font-weight: 600; padding-bottom: 0.4em; }
.pc-stage { position: relative; display: flex; gap: 1.25em; align-items: flex-start; }
.pc-stage.pc-narrow { flex-direction: column; gap: 0.5em; }
.pc-picture { display: block; touch-action: pan-y; cursor: crosshair; border-radius: 2px; }
.pc-row { display: flex; gap: 0.5em 0.75em; align-items: center; justify-content: space-between; margin-top: 0.4em; }
.pc-controls { display: flex; flex-wrap: wrap; gap: 0 1.1em; align-items: center; flex: 1 1 auto; min-width: 0; }
.pc-buttons { display: flex; gap: 0.25em; flex: none; }

.pc-control { display: flex; align-items: center; gap: 0.6em; min-height: 44px; min-width: 0; margin: 0; padding: 0; border: 0; }
.pc-control label, .pc-control legend { margin: 0; padding: 0; font-size: 1em; font-weight: 400; color: var(--pc-muted); }
.pc-control .pc-unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.pc-slider { flex: 1 1 11em; max-width: 26em; }
.pc-slider input { flex: 1 1 5em; width: 5em; min-width: 4em; height: 44px; margin: 0; accent-color: var(--pc-focus); cursor: pointer; }
.pc-value { width: 4.2em; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.pc-control select {
  height: max(44px, 1.9em); max-width: 14em; padding: 0 0.5em; font: inherit; color: inherit;
  background: var(--pc-paper); border: 1px solid var(--pc-edge); border-radius: 6px;
}
.pc-control legend { float: left; width: auto; border: 0; line-height: inherit; }
.pc-words legend { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.pc-words .pc-options { flex-wrap: nowrap; }
.pc-options { display: flex; flex-wrap: wrap; }
.pc-option { position: relative; display: block; cursor: pointer; }
.pc-option input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: pointer; }
.pc-words .pc-face {
  display: flex; align-items: center; min-width: 44px; height: max(44px, 1.9em); padding: 0 0.8em;
  color: var(--pc-ink); border: 1px solid var(--pc-edge); margin-left: -1px;
}
.pc-words .pc-option:first-child .pc-face { border-radius: 6px 0 0 6px; margin-left: 0; }
.pc-words .pc-option:last-child .pc-face { border-radius: 0 6px 6px 0; }
.pc-words input:checked + .pc-face { background: var(--pc-hover); font-weight: 600; box-shadow: inset 0 -3px var(--pc-emphasis); }

.pc-pictures { display: block; flex: none; }
.pc-pictures legend { float: none; display: block; width: 100%; padding-bottom: 0.25em; }
.pc-pictures .pc-options { gap: 0.5em; }
.pc-pictures .pc-face { display: block; padding: 3px; border: 2px solid transparent; border-radius: 4px; text-align: center; font-size: 0.85em; line-height: 1.35; color: var(--pc-muted); }
.pc-pictures canvas { display: block; image-rendering: pixelated; }
.pc-pictures input:checked + .pc-face { border-color: var(--pc-emphasis); color: var(--pc-ink); font-weight: 600; }

.pc-field { flex-wrap: wrap; gap: 0 0.75em; padding-bottom: 0.5em; }
.pc-field .pc-note { flex: 1 0 100%; }
.pc-field textarea {
  flex: 1 1 auto; min-width: 0; min-height: max(44px, 1.9em); padding: 0.55em 0.7em; resize: none; overflow: auto; font: inherit; line-height: 1.35;
  color: inherit; background: var(--pc-paper); border: 1px solid var(--pc-edge); border-radius: 6px;
}
.pc-field textarea:disabled { color: var(--pc-muted); border-style: dashed; }
.pc-word-button {
  height: max(44px, 1.9em); padding: 0 0.8em; cursor: pointer; font: inherit; color: var(--pc-ink);
  background: none; border: 1px solid var(--pc-edge); border-radius: 6px;
}
.pc-word-button:hover:not(:disabled) { background: var(--pc-hover); }
.pc-word-button:disabled, .pc-control :disabled { cursor: default; opacity: 0.6; }
.pc-word-button[aria-expanded]::after { content: " ▾"; }
.pc-word-button[aria-expanded="true"]::after { content: " ▴"; }
.pc-more { display: flex; flex-wrap: wrap; gap: 0.4em 1.1em; align-items: center; margin-top: 0.5em; }
.pc-more[hidden] { display: none; }
.pc-more .pc-field { flex: 1 1 100%; }

/* Radio buttons that lie over small pictures on a canvas. */
.pc-over { position: absolute; inset: 0; min-height: 0; pointer-events: none; }
.pc-over legend { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.pc-over .pc-options { position: static; display: block; }
.pc-over .pc-option { position: absolute; pointer-events: auto; }
.pc-over .pc-face, .pc-option:hover .pc-over .pc-face { display: block; width: 100%; height: 100%; background: none; }

.pc-button {
  display: grid; place-items: center; width: max(44px, 2em); height: max(44px, 2em); padding: 0; cursor: pointer; font: inherit;
  color: var(--pc-muted); background: none; border: 0; border-radius: 6px;
}
.pc-button svg { width: 20px; height: 20px; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
.pc-button:hover, .pc-option:hover .pc-face { background: var(--pc-hover); color: var(--pc-ink); }
.pc-figure :focus-visible, .pc-option input:focus-visible + .pc-face {
  outline: 3px solid var(--pc-focus); outline-offset: 2px;
}

.pc-sentence { margin-top: 0.35em !important; min-height: 2.9em; }
.pc-sentence .pc-token { font-family: ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace; font-size: 0.95em; overflow-wrap: anywhere; }
.pc-figure .pc-note { margin-top: 0.3em; color: var(--pc-muted); font-size: 0.9em; }

/* Across a room: 28 px at 1080 lines, and the whole figure with its controls in view together. */
.pc-figure.pc-large { font-size: clamp(16px, 3.3vh, 46px); line-height: 1.35; max-width: none; }
.pc-figure:fullscreen { max-width: none; width: 100vw; height: 100vh; margin: 0; padding: 1.2vh 2vw; overflow: auto; background: var(--pc-paper); }
.pc-figure:fullscreen .pc-stage { justify-content: center; }
.pc-figure.pc-large .pc-button svg { width: 1.2em; height: 1.2em; stroke-width: 2.2; }

@media (max-width: 559px) {
  .pc-row { display: grid; grid-template-columns: 1fr auto; align-items: end; gap: 0.25em; }
  .pc-controls { gap: 0.25em 0.75em; }
  .pc-slider { flex-basis: 100%; max-width: none; }
  .pc-field { flex-direction: column; align-items: stretch; gap: 0.2em; }
}
@media (forced-colors: active) {
  .pc-option input:checked + .pc-face { outline: 3px solid Highlight; }
}

.pc-tooltip {
  position: absolute; transform: translate(-50%, calc(-100% - 10px)); padding: 0.1em 0.5em;
  color: var(--pc-paper); background: var(--pc-ink); border-radius: 4px; font-size: 0.9em;
  white-space: nowrap; pointer-events: none; max-width: 100%; overflow: hidden; text-overflow: ellipsis;
}
`;function T(i,e,t){let o=window.devicePixelRatio||1,[s,n]=[Math.round(e*o),Math.round(t*o)];(i.width!==s||i.height!==n)&&(i.width=s,i.height=n,i.style.width=`${e}px`,i.style.height=`${t}px`);let r=i.getContext("2d");return r.setTransform(o,0,0,o,0,0),r}function y(i,e,t){if(t(i)<=e)return i;let o=[...i];for(;o.length>1&&t(`${o.join("")}…`)>e;)o.pop();return`${o.join("")}…`}function v(i,e,t){let o=[],s="";for(let n of i.split(" ")){let r=s?`${s} ${n}`:n;s&&t(r)>e?(o.push(s),s=n):s=r}return s?[...o,s]:o}function p(i,e={},...t){let o=document.createElement(i);for(let[s,n]of Object.entries(e))s in o&&!s.startsWith("aria")?o[s]=n:o.setAttribute(s,n);return o.append(...t),o}function O(i){let e="http://www.w3.org/2000/svg",t=document.createElementNS(e,"svg");t.setAttribute("viewBox","0 0 24 24"),t.setAttribute("aria-hidden","true");let o=document.createElementNS(e,"path");return o.setAttribute("d",i),t.append(o),t}var Q=Math.random().toString(36).slice(2,8),B=0;function z(i){return B+=1,`pc-${i}-${Q}-${B}`}var Z={query:"#0072B2",queryText:"#0072B2",key:"#D55E00",keyText:"#AD4B00",value:"#009E73",valueText:"#00765A",emphasis:"#E69F00",control:"#767676",controlText:"#6B6B6B",ink:"#1C1C1E",muted:"#595959",rule:"#D4D4D4",paper:"#FFFFFF"},ee={query:"#56B4E9",queryText:"#7CC6F0",key:"#FF8A4C",keyText:"#FF9D68",value:"#2FC79A",valueText:"#4FD3AB",emphasis:"#FFC04D",control:"#A3A3A3",controlText:"#B0B0B0",ink:"#ECECEC",muted:"#B3B3B3",rule:"#4A4A4A",paper:"#14181E"},k=i=>i?ee:Z;function j(i,e,t,o,{dark:s}){let n=window.devicePixelRatio||1,r=k(s),c=24*n,a=`${16*n}px system-ui, sans-serif`,l=24*n,d=p("canvas"),h=d.getContext("2d"),u=Math.max(t.width,480*n);h.font=a;let g=w=>h.measureText(w).width,m=v(e,u,g),f=v(o,u,g);d.width=u+2*c,d.height=t.height+(m.length+f.length+1)*l+2*c,h.fillStyle=r.paper,h.fillRect(0,0,d.width,d.height),h.fillStyle=r.ink,h.font=a,h.textBaseline="top",m.forEach((w,A)=>h.fillText(w,c,c+A*l));let S=c+(m.length+.5)*l;h.drawImage(t,c,S),f.forEach((w,A)=>h.fillText(w,c,S+t.height+(A+.5)*l)),d.toBlob(w=>te(w,`${i.toLowerCase().replaceAll(/\W+/g,"-")}.png`))}function te(i,e){let t=URL.createObjectURL(i);p("a",{href:t,download:e}).click(),setTimeout(()=>URL.revokeObjectURL(t),1e4)}var $=()=>document.body.dataset.jpThemeLight!==void 0;function E(){let{theme:i}=document.documentElement.dataset;return i==="dark"||i==="light"?i==="dark":$()?document.body.dataset.jpThemeLight==="false":matchMedia("(prefers-color-scheme: dark)").matches}var N=()=>document.documentElement.hasAttribute("data-present");function q(i){let e=new MutationObserver(i);e.observe(document.documentElement,{attributeFilter:["data-theme","data-present"]}),e.observe(document.body,{attributeFilter:["data-jp-theme-light"]});let t=matchMedia("(prefers-color-scheme: dark)");return t.addEventListener("change",i),()=>{e.disconnect(),t.removeEventListener("change",i)}}var oe="M14 4h6v6M20 4l-7 7M10 20H4v-6M4 20l7-7",ne="M12 4v11M7 10l5 5 5-5M5 20h14",F=class{#t=0;constructor(e,{name:t,lead:o,note:s,draw:n}){se(e),this.name=t,this.lead=o,this.draw=n,this.stage=p("div",{className:"pc-stage"}),this.controls=p("div",{className:"pc-controls"}),this.sentence=p("p",{className:"pc-sentence",role:"status","aria-live":"polite"}),this.root=p("div",{className:"pc-figure",role:"group","aria-label":t},p("p",{className:"pc-lead"},o),this.stage,p("div",{className:"pc-row"},this.controls,this.#s()),this.sentence),s&&this.root.append(p("p",{className:"pc-note"},s)),this.#o(),e.append(this.root),this.#e(e)}get isFull(){return document.fullscreenElement===this.root}get isLarge(){return N()||this.isFull}redraw=()=>{cancelAnimationFrame(this.#t),this.#t=requestAnimationFrame(()=>{!this.root.isConnected||this.root.clientWidth===0||(this.root.classList.toggle("pc-dark",E()),this.root.classList.toggle("pc-large",this.isLarge),this.draw())})};look(){let e=parseFloat(getComputedStyle(this.root).fontSize);return{dark:E(),size:e,stroke:this.isLarge?Math.max(3,e/6):2}}width(){let{paddingLeft:e,paddingRight:t}=getComputedStyle(this.root);return this.root.clientWidth-parseFloat(e)-parseFloat(t)}height(e=430){let t=this.isFull?1:N()?.9:.7,[o,s]=[this.root.getBoundingClientRect(),this.stage.getBoundingClientRect()],n=this.root.lastElementChild.getBoundingClientRect().bottom,r=parseFloat(getComputedStyle(this.root).paddingBottom),c=s.top-o.top+n-s.bottom+r,a=Math.min(e,window.innerHeight*.5);return Math.max(a,Math.floor(window.innerHeight*t-c)-1)}say(e){this.sentence.replaceChildren(...e.map(t=>typeof t=="string"?t:p("bdi",{className:"pc-token"},t.token)))}#o(){this.root.addEventListener("keydown",e=>{e.ctrlKey||e.metaKey||e.altKey||e.stopPropagation()})}#s(){let e=p("div",{className:"pc-buttons"});document.fullscreenEnabled&&e.append(D("Fill the screen",oe,()=>this.#n()));let t=()=>j(this.name,this.lead,this.stage.querySelector("canvas.pc-picture"),this.sentence.textContent,this.look());return e.append(D("Save as a PNG picture",ne,t)),e}#n(){(this.isFull?document.exitFullscreen():this.root.requestFullscreen()).catch(t=>this.say([`This browser would not fill the screen: ${t.message}`]))}#e(e){let t=new ResizeObserver(this.redraw);t.observe(e),window.addEventListener("resize",this.redraw),document.addEventListener("fullscreenchange",this.redraw);let o=q(this.redraw);this.destroy=()=>{cancelAnimationFrame(this.#t),t.disconnect(),window.removeEventListener("resize",this.redraw),document.removeEventListener("fullscreenchange",this.redraw),o(),this.root.remove()}}};function D(i,e,t){let s=p("button",{type:"button",className:"pc-button",title:i,"aria-label":i},O(e));return s.addEventListener("click",t),s}function se(i){let e=i.getRootNode(),t=e instanceof ShadowRoot?e:document.head;t.querySelector("style[data-paperclub]")||t.append(p("style",{"data-paperclub":""},R))}function x({text:i,pressed:e,expanded:t}){let o=p("button",{type:"button",className:"pc-word-button"},i);return t!==void 0&&o.setAttribute("aria-expanded",String(t)),o.addEventListener("click",e),{element:o,set:s=>Object.assign(o,s)}}function I({label:i,value:e,most:t,changed:o}){let s=z("text"),n=p("textarea",{id:s,rows:1,maxLength:t,spellcheck:!1,autocomplete:"off",autocapitalize:"off"});function r(){n.style.height="",n.style.height=`${Math.min(n.scrollHeight+2,130)}px`}function c(l){n.value!==l&&(n.value=l),r()}return n.addEventListener("input",()=>{r(),o(n.value)}),n.value=e,{element:p("div",{className:"pc-control pc-field"},p("label",{htmlFor:s},i),n),input:n,set:c,grow:r}}var ie="paperclub room";function re(){try{return window.sessionStorage}catch{return null}}var ae=(i,e)=>typeof i==typeof e&&Array.isArray(i)===Array.isArray(e);function P(i,e){let t=$()?null:re(),o=`${ie} ${location.pathname} ${i} ${JSON.stringify(e)}`,s=n=>n!==null&&typeof n=="object"&&Object.keys(e).every(r=>ae(n[r],e[r]));return{read(){let n=t?.getItem(o)??null;if(n===null)return null;let r=JSON.parse(n);return s(r)?r:null},write(n){t?.setItem(o,JSON.stringify(n))}}}var U="system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif",H="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace";var M=class{constructor(e,{dark:t,stroke:o},{size:s,label:n}){this.context=e,this.dark=t,this.stroke=o,this.size=s,this.label=n,this.colours=k(t)}measure=e=>this.context.measureText(e).width;face({mono:e=!1,bold:t=!1,size:o=this.label}={}){this.context.font=`${t?"bold ":""}${o}px ${e?H:U}`}write(e,t,o,{colour:s=this.colours.ink,align:n="left",width:r=1/0,baseline:c="middle",...a}={}){let{context:l}=this;this.face(a),l.fillStyle=s,l.textAlign=n,l.textBaseline=c,l.fillText(r===1/0?e:y(e,r,this.measure),t,o)}widest(e,t){return this.face(t),Math.max(...e.map(this.measure))}ring(e,t,o,s,n=this.colours.emphasis){let{context:r,stroke:c}=this;for(let{line:a,style:l}of[{line:c+2,style:"#1C1C1E"},{line:c,style:n}])r.lineWidth=a,r.strokeStyle=l,r.strokeRect(e-c/2,t-c/2,o+c,s+c)}line(e,t,o,s,n,r=1,c=[]){let{context:a}=this;a.strokeStyle=n,a.lineWidth=r,a.setLineDash(c),a.beginPath(),a.moveTo(e,t),a.lineTo(o,s),a.stroke(),a.setLineDash([])}bar(e,t,o,s,n){this.context.fillStyle=n,this.context.fillRect(Math.min(e,e+o),t,Math.abs(o),s)}outline(e,t,o,s){let{context:n,stroke:r}=this;n.strokeStyle=this.colours.control,n.lineWidth=r,n.setLineDash([r*2.5,r*1.5]),n.strokeRect(Math.min(e,e+o),t,Math.abs(o),s),n.setLineDash([])}};var ce=()=>matchMedia("(prefers-reduced-motion: reduce)").matches;function K(i){let e=null,t=0;function o(n){cancelAnimationFrame(t),e=n,i(n)}function s(n){if(!e||e.length!==n.length||ce()){o(n);return}cancelAnimationFrame(t);let r=e,c=performance.now(),a=l=>{let d=Math.min(1,Math.max(0,(l-c)/200)),h=1-(1-d)**3;e=n.map((u,g)=>r[g]+(u-r[g])*h),i(e),d<1&&(t=requestAnimationFrame(a))};t=requestAnimationFrame(a)}return{to:s,jump:o,stop:()=>cancelAnimationFrame(t)}}var W="Copy the line";function _({name:i="for the record",parts:e=[],startOver:t,unfolded:o=()=>{}}){let s=x({text:i,expanded:!1,pressed:l}),n=I({label:"line for the record",value:"",most:4e3,changed:()=>{}});n.input.readOnly=!0;let r=x({text:W,pressed:d}),c=x({text:"Start over",pressed:t}),a=p("div",{className:"pc-more",hidden:!0},...e,n.element,r.element,c.element);function l(){a.hidden=!a.hidden,s.element.setAttribute("aria-expanded",String(!a.hidden)),n.grow(),o()}async function d(){try{await navigator.clipboard.writeText(n.input.value),r.set({textContent:"Copied"})}catch{n.input.select(),r.set({textContent:"Marked: press Ctrl+C"})}}function h(u){n.set(u),r.set({textContent:W})}return{button:s.element,panel:a,set:h}}var G=(i,e)=>`- ${i}. ${e}`.replaceAll(/\s+/g," ").trim();var b=i=>"abcdef"[i];function C({hands:i,answer:e,shown:t}){let o=i.reduce((a,l)=>a+l,0),s=Math.max(...i),n=i.flatMap((a,l)=>a===s?[b(l)]:[]),r=i.map((a,l)=>`(${b(l)}) ${a}`).join(", "),c=o?`${o} ${o===1?"hand":"hands"}: ${r}. Most expect (${n.join(") and (")}).`:"No hand is counted yet.";return!t||e<0?c:o?`${c} It came out as (${b(e)}): ${i[e]} of ${o} expected it. Brier score ${le(i,e).toFixed(2)}; hands spread evenly have ${(1-1/i.length).toFixed(2)}, and 0 is best.`:`${c} It came out as (${b(e)}).`}function le(i,e){let t=i.reduce((o,s)=>o+s,0);return i.reduce((o,s,n)=>o+(s/t-+(n===e))**2,0)}var J=(i,e)=>G("Forecast",`${i} ${C(e)}`);var Y=99,V=" ✓ came out",L=class{constructor({model:e,el:t}){this.model=e,this.question=e.get("question"),this.choices=e.get("choices");let o={hands:[...e.get("hands")],answer:e.get("answer"),shown:!1};this.kept=P(`Hand count ${this.question}`,o),this.state={...structuredClone(o),...this.kept.read()},this.chosen=0,this.frame=new F(t,{name:"Hand count",lead:e.get("lead"),note:e.get("note"),draw:()=>this.redraw()}),this.bars=K(s=>this.#i(s)),this.#t(o),this.#e(),this.frame.redraw()}#t(e){this.canvas=p("canvas",{className:"pc-picture",tabIndex:0,role:"application","aria-label":`${this.question} Up and down choose, right and left count hands.`}),this.canvas.addEventListener("click",t=>this.#a(t)),this.canvas.addEventListener("keydown",t=>this.#c(t)),this.frame.stage.append(this.canvas),this.buttons={less:x({text:"one less",pressed:()=>this.count(-1)}),more:x({text:"one more",pressed:()=>this.count(1)}),reveal:x({text:"",pressed:()=>this.reveal()})},this.#o(),this.record=_({startOver:()=>this.#s(e),unfolded:this.frame.redraw}),this.frame.controls.append(...Object.values(this.buttons).map(t=>t.element),this.record.button),this.frame.sentence.before(this.record.panel),this.destroy=()=>{this.bars.stop(),this.frame.destroy()}}count(e){let{hands:t}=this.state;t[this.chosen]=Math.min(Y,Math.max(0,t[this.chosen]+e)),this.#n()}reveal(){this.state.shown=!this.state.shown,this.model.get("answer")<0&&(this.state.answer=this.state.shown?this.chosen:-1),this.#o(),this.#n()}#o(){let e=this.model.get("answer")<0,t=this.state.shown?"hide it again":e?"this came out":"what came out";this.buttons.reveal.set({textContent:t})}#s(e){this.state=structuredClone(e),this.#o(),this.#n()}#n(){this.model.set("hands",[...this.state.hands]),this.model.save_changes(),this.kept.write(this.state),this.#e()}#e(){this.frame.say([C(this.state)]),this.record.set(J(this.question,this.state)),this.place&&this.bars.to([...this.state.hands])}redraw(){let{size:e}=this.frame.look(),t=this.frame.width(),o=t<30*e,s=o?Math.min(e,15):e,n=Math.max(44,Math.min(s*3.2,(this.frame.height()-s*3.2)/this.choices.length)),r=t*(o?.5:.45);this.place={width:t,label:s,row:n,names:r,top:s*3.2},this.place.height=Math.ceil(this.place.top+n*this.choices.length),this.bars.jump([...this.state.hands])}#i(e){let{width:t,height:o,label:s,row:n,names:r,top:c}=this.place,a=T(this.canvas,t,o),{dark:l,stroke:d}=this.frame.look(),h=new M(a,{dark:l,stroke:d},{size:s,label:s});a.clearRect(0,0,t,o),h.face({bold:!0}),v(this.question,t,h.measure).slice(0,2).forEach((m,f)=>h.write(m,0,s*(.8+1.2*f),{bold:!0,width:t}));let u=Math.max(5,...this.state.hands),g=(t-r-h.widest([`${Y}${V}`],{bold:!0})-s*1.2)/u;this.choices.forEach((m,f)=>this.#r(h,f,m,{y:c+f*n,row:n,names:r,unit:g,value:e[f]}))}#r(e,t,o,{y:s,row:n,names:r,unit:c,value:a}){let{colours:l,label:d}=e,{shown:h,answer:u,hands:g}=this.state,m=h&&t===u;e.face({bold:t===this.chosen});let f=y(`(${b(t)}) ${o}`,r-d,e.measure);e.write(f,d*.5,s+n/2,{bold:t===this.chosen}),e.bar(r,s+n*.2,a*c,n*.6,m?l.value:l.key),e.write(`${g[t]}${m?V:""}`,r+a*c+d*.5,s+n/2,{bold:!0,colour:m?l.valueText:l.ink}),t===this.chosen&&e.ring(e.stroke,s+e.stroke+2,this.place.width-2*e.stroke,n-2*e.stroke-4)}#a(e){let t=this.canvas.getBoundingClientRect(),o=Math.floor((e.clientY-t.top-this.place.top)/this.place.row);if(o<0||o>=this.choices.length)return;let s=o===this.chosen;this.chosen=o,s?this.count(1):this.#e()}#c(e){if(e.ctrlKey||e.metaKey||e.altKey)return;let t={ArrowUp:-1,ArrowDown:1}[e.key],o={ArrowRight:1,"+":1,ArrowLeft:-1,"-":-1}[e.key],s=this.choices.length;if(t)this.chosen=(this.chosen+t+s)%s;else if(o)this.count(o);else if(e.key==="Enter")this.reveal();else return;e.preventDefault(),this.#e()}},Je={render(i){let e=new L(i);return()=>e.destroy()}};export{L as HandCount,Je as default};
