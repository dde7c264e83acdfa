"""All that gradlink.load uses of gradio beyond its public interface; read the releases' source before adding one to TESTED."""
