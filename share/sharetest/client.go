package sharetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// A Client talks to a service as the page does.
type Client struct {
	URL  string // of the service, without /api/
	HTTP *http.Client
}

// A Share is one that a client created.
type Share struct {
	ID        string    `json:"id"`
	Token     string    `json:"token"`
	Expires   time.Time `json:"expires"`
	Chunks    int       `json:"chunks"`
	UploadEnd time.Time `json:"upload_ends"`
}

// Info is what a reader is told.
type Info struct {
	ID        string    `json:"id"`
	Expires   time.Time `json:"expires"`
	Days      int       `json:"days"`
	Size      int64     `json:"size"`
	ChunkSize int64     `json:"chunk_size"`
	Chunks    int       `json:"chunks"`
	Manifest  []byte    `json:"manifest"`
}

// A Refusal is an answer that is an error.
type Refusal struct {
	Status   int
	Header   http.Header
	Code     string `json:"code"`
	Message  string `json:"message"`
	Expected string `json:"expected"`
	Found    string `json:"found"`
	Action   string `json:"action"`
}

func (r *Refusal) Error() string { return fmt.Sprintf("%d %s: %s", r.Status, r.Code, r.Message) }

// Do sends a request and gives the body of the answer, or a *Refusal.
func (c *Client) Do(method, path, token, kind string, body []byte) ([]byte, *http.Response, error) {
	var reader io.Reader
	if body != nil {
		reader = bytes.NewReader(body)
	}
	req, err := http.NewRequest(method, c.URL+path, reader)
	if err != nil {
		return nil, nil, err
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, resp, err
	}
	if resp.StatusCode >= 400 {
		return nil, resp, refusal(resp, b)
	}
	return b, resp, nil
}

func refusal(resp *http.Response, body []byte) error {
	var e struct{ Error *Refusal }
	if err := json.Unmarshal(body, &e); err != nil || e.Error == nil {
		return fmt.Errorf("status %d without a JSON error: %q", resp.StatusCode, body)
	}
	e.Error.Status, e.Error.Header = resp.StatusCode, resp.Header
	return e.Error
}

// Create creates a share.
func (c *Client) Create(days int, size, chunkSize int64) (*Share, error) {
	b, _, err := c.Do("POST", "/api/shares", "", "application/json", fmt.Appendf(nil, `{"days":%d,"size":%d,"chunk_size":%d}`, days, size, chunkSize))
	if err != nil {
		return nil, err
	}
	s := &Share{}
	return s, json.Unmarshal(b, s)
}

// PutChunk sends a chunk.
func (c *Client) PutChunk(s *Share, n int, b []byte) error {
	_, _, err := c.Do("PUT", "/api/shares/"+s.ID+"/chunks/"+strconv.Itoa(n), s.Token, "application/octet-stream", b)
	return err
}

// Finish sends the manifest.
func (c *Client) Finish(s *Share, manifest []byte) error {
	_, _, err := c.Do("PUT", "/api/shares/"+s.ID+"/manifest", s.Token, "application/octet-stream", manifest)
	return err
}

// Upload makes a share of content, whole.
func (c *Client) Upload(days int, content []byte, chunkSize int, manifest []byte) (*Share, error) {
	s, err := c.Create(days, int64(len(content)), int64(chunkSize))
	if err != nil {
		return nil, err
	}
	for n := range s.Chunks {
		if err := c.PutChunk(s, n, Cut(content, chunkSize, n)); err != nil {
			return s, err
		}
	}
	return s, c.Finish(s, manifest)
}

// Cut is chunk n of content.
func Cut(content []byte, chunkSize, n int) []byte {
	return content[n*chunkSize : min((n+1)*chunkSize, len(content))]
}

// Info asks for a share.
func (c *Client) Info(id string) (*Info, error) {
	b, _, err := c.Do("GET", "/api/shares/"+id, "", "", nil)
	if err != nil {
		return nil, err
	}
	i := &Info{}
	return i, json.Unmarshal(b, i)
}

// Chunk asks for a chunk.
func (c *Client) Chunk(id string, n int) ([]byte, error) {
	b, _, err := c.Do("GET", "/api/shares/"+id+"/chunks/"+strconv.Itoa(n), "", "", nil)
	return b, err
}

// Download gives a share's content, whole.
func (c *Client) Download(id string) (content, manifest []byte, err error) {
	i, err := c.Info(id)
	if err != nil {
		return nil, nil, err
	}
	for n := range i.Chunks {
		b, err := c.Chunk(id, n)
		if err != nil {
			return nil, nil, err
		}
		content = append(content, b...)
	}
	return content, i.Manifest, nil
}

// Delete deletes a share.
func (c *Client) Delete(id, token string) error {
	_, _, err := c.Do("DELETE", "/api/shares/"+id, token, "", nil)
	return err
}
