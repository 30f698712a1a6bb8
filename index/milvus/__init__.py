"""The index in Milvus: for more passages than one machine holds, and many servers."""
