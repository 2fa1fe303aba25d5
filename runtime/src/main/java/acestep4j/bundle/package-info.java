/** What is on disk: a bundle's manifest and files, checked before a native library loads. */
package acestep4j.bundle;
