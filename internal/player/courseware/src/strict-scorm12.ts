import { sandbox } from "./sandbox";
import { Engine12 } from "./scorm12";

sandbox((seed, stage, from) => new Engine12(seed, stage, from));
