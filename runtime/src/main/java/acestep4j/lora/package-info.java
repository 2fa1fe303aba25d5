/** LoRA files: what is in them, checked before anything of it is used. */
package acestep4j.lora;
