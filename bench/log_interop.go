// Checks checkpoints, inclusion and consistency proofs with golang.org/x/mod/sumdb, the code behind Go's checksum
// database. Reads what log_interop.py writes on standard input; see there for how to run it.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type growth struct {
	Old   int64
	Root  []byte
	Proof [][]byte
}

type inclusion struct {
	Index int64
	Leaf  []byte
	Proof [][]byte
}

type published struct {
	Key        string
	Checkpoint string
	Inclusion  []inclusion
	Growth     []growth
}

func hashes(raw [][]byte) []tlog.Hash {
	found := make([]tlog.Hash, len(raw))
	for i, item := range raw {
		copy(found[i][:], item)
	}
	return found
}

func must(err error) {
	if err != nil {
		fmt.Println("REFUSED:", err)
		os.Exit(1)
	}
}

func main() {
	var logs []published
	must(json.NewDecoder(os.Stdin).Decode(&logs))
	entries, grown, refused := 0, 0, 0
	for _, log := range logs {
		verifier, err := note.NewVerifier(log.Key)
		must(err)
		opened, err := note.Open([]byte(log.Checkpoint), note.VerifierList(verifier))
		must(err)
		lines := strings.Split(opened.Text, "\n")
		size, err := strconv.ParseInt(lines[1], 10, 64)
		must(err)
		root, err := tlog.ParseHash(lines[2])
		must(err)
		for _, item := range log.Inclusion {
			leaf := tlog.RecordHash(item.Leaf)
			must(tlog.CheckRecord(tlog.RecordProof(hashes(item.Proof)), size, root, item.Index, leaf))
			leaf[0] ^= 1
			if tlog.CheckRecord(tlog.RecordProof(hashes(item.Proof)), size, root, item.Index, leaf) != nil {
				refused++
			}
			entries++
		}
		for _, item := range log.Growth {
			old := hashes([][]byte{item.Root})[0]
			must(tlog.CheckTree(tlog.TreeProof(hashes(item.Proof)), size, root, item.Old, old))
			grown++
		}
	}
	fmt.Printf("%d checkpoints opened, %d entries proven, %d of %d altered ones refused, %d proofs of growth held\n",
		len(logs), entries, refused, entries, grown)
}
