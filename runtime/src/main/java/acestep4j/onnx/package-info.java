/** ONNX Runtime: the only place that knows its classes. */
package acestep4j.onnx;
