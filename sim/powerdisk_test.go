package sim

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// powerDisk is a file system in memory that forgets, when its power is cut, all
// that was not fsynced: bytes of a file without an fsync of the file, and names
// (made, moved, removed) without an fsync of their folder. That is the least
// that POSIX promises; real disks keep more, by luck.
type powerDisk struct {
	mu   sync.Mutex
	root *folder
	inos uint64
	lost int // bytes that the last cut took
}

// blob is a file: what the running system sees, and what is on the platter.
type blob struct {
	ino    uint64
	mode   uint32
	now    []byte
	kept   []byte
	dirty  [][2]int // ranges of now that were written since the last fsync
	shrunk bool
}

type folder struct {
	ino       uint64
	mode      uint32
	now, kept map[string]any // *blob or *folder
}

func newPowerDisk() *powerDisk {
	d := &powerDisk{}
	d.root = d.folder()
	return d
}

func (d *powerDisk) ino() uint64 { d.inos++; return d.inos + 1 }

func (d *powerDisk) folder() *folder {
	return &folder{ino: d.ino(), mode: 0o755, now: map[string]any{}, kept: map[string]any{}}
}

func (f *blob) write(data []byte, off int64) {
	end := int(off) + len(data)
	if end > len(f.now) {
		f.now = append(f.now, make([]byte, end-len(f.now))...)
	}
	copy(f.now[off:], data)
	f.dirty = append(f.dirty, [2]int{int(off), end})
}

func (f *blob) resize(size int) {
	if size <= len(f.now) {
		f.now = f.now[:size:size]
		f.shrunk = true
		return
	}
	f.dirty = append(f.dirty, [2]int{len(f.now), size})
	f.now = append(f.now, make([]byte, size-len(f.now))...)
}

func (f *blob) fsync() {
	if f.shrunk {
		f.kept, f.dirty, f.shrunk = append([]byte{}, f.now...), nil, false
		return
	}
	if n := len(f.now) - len(f.kept); n > 0 {
		f.kept = append(f.kept, make([]byte, n)...)
	}
	for _, r := range f.dirty {
		copy(f.kept[r[0]:], f.now[r[0]:min(r[1], len(f.now))])
	}
	f.dirty = nil
}

func (f *folder) fsync() {
	f.kept = make(map[string]any, len(f.now))
	for name, x := range f.now {
		f.kept[name] = x
	}
}

// settle makes everything durable, as if the machine had been idle for long.
func (d *powerDisk) settle() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.root.settle()
}

func (f *folder) settle() {
	f.fsync()
	for _, x := range f.now {
		switch x := x.(type) {
		case *blob:
			x.fsync()
		case *folder:
			x.settle()
		}
	}
}

// cut takes the power. The disk must not be mounted.
func (d *powerDisk) cut() {
	d.lost = 0
	d.root = d.after(d.root)
}

func (d *powerDisk) after(f *folder) *folder {
	out := d.folder()
	out.mode = f.mode
	for name, x := range f.kept {
		switch x := x.(type) {
		case *blob:
			for _, r := range x.dirty {
				d.lost += r[1] - r[0]
			}
			out.kept[name] = &blob{ino: d.ino(), mode: x.mode, now: append([]byte{}, x.kept...), kept: x.kept}
		case *folder:
			out.kept[name] = d.after(x)
		}
	}
	for name, x := range out.kept {
		out.now[name] = x
	}
	return out
}

// copy writes the top folder's files into a plain folder. NB! A process must not
// map a file of a disk that it serves itself: the fault would wait for the process.
func (d *powerDisk) copy(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, x := range d.root.kept {
		if b, is := x.(*blob); is && name != "data.db-shm" {
			if err := os.WriteFile(filepath.Join(dir, name), b.kept, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

// mount puts the disk at dir until the returned function is called, which may be
// called again.
func (d *powerDisk) mount(t *testing.T, dir string) (unmount func()) {
	t.Helper()
	server, err := fs.Mount(dir, &dirNode{d: d, f: d.root}, &fs.Options{
		MountOptions: fuse.MountOptions{DirectMount: os.Geteuid() == 0, Name: "powerdisk", MaxWrite: 1 << 20},
	})
	if err != nil {
		t.Fatalf("the disk can't be mounted: %v", err)
	}
	return sync.OnceFunc(func() {
		if err := server.Unmount(); err != nil {
			t.Fatalf("the disk can't be unmounted: %v", err)
		}
		server.Wait()
	})
}

// needFUSE skips where no file system can be mounted, and says what is missing.
func needFUSE(t *testing.T) {
	t.Helper()
	f, err := os.OpenFile("/dev/fuse", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("no FUSE here, so no power can be cut: %v", err)
	}
	f.Close()
	if _, err := exec.LookPath("fusermount3"); err != nil && os.Geteuid() != 0 {
		t.Skip("fusermount3 is missing (Debian: apt-get install fuse3), so no power can be cut")
	}
}

// dirNode and blobNode are the disk as the kernel asks for it.
type dirNode struct {
	fs.Inode
	d *powerDisk
	f *folder
}

type blobNode struct {
	fs.Inode
	d *powerDisk
	b *blob
}

func (n *dirNode) child(ctx context.Context, x any, out *fuse.EntryOut) *fs.Inode {
	switch x := x.(type) {
	case *folder:
		out.Attr.Mode, out.Attr.Ino = fuse.S_IFDIR|x.mode, x.ino
		return n.NewInode(ctx, &dirNode{d: n.d, f: x}, fs.StableAttr{Mode: fuse.S_IFDIR, Ino: x.ino})
	case *blob:
		out.Attr.Mode, out.Attr.Ino, out.Attr.Size = fuse.S_IFREG|x.mode, x.ino, uint64(len(x.now))
		return n.NewInode(ctx, &blobNode{d: n.d, b: x}, fs.StableAttr{Mode: fuse.S_IFREG, Ino: x.ino})
	}
	return nil
}

func (n *dirNode) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	n.d.mu.Lock()
	defer n.d.mu.Unlock()
	if i := n.child(ctx, n.f.now[name], out); i != nil {
		return i, 0
	}
	return nil, syscall.ENOENT
}

func (n *dirNode) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	out.Mode, out.Ino = fuse.S_IFDIR|n.f.mode, n.f.ino
	return 0
}

func (n *dirNode) Setattr(ctx context.Context, h fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	if mode, set := in.GetMode(); set {
		n.f.mode = mode & 0o777
	}
	return n.Getattr(ctx, h, out)
}

func (n *dirNode) Readdir(context.Context) (fs.DirStream, syscall.Errno) {
	n.d.mu.Lock()
	defer n.d.mu.Unlock()
	var list []fuse.DirEntry
	for name, x := range n.f.now {
		e := fuse.DirEntry{Name: name, Mode: fuse.S_IFREG}
		if f, is := x.(*folder); is {
			e.Mode, e.Ino = fuse.S_IFDIR, f.ino
		} else {
			e.Ino = x.(*blob).ino
		}
		list = append(list, e)
	}
	return fs.NewListDirStream(list), 0
}

func (n *dirNode) Mkdir(ctx context.Context, name string, _ uint32, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	n.d.mu.Lock()
	defer n.d.mu.Unlock()
	f := n.d.folder()
	n.f.now[name] = f
	return n.child(ctx, f, out), 0
}

func (n *dirNode) Create(ctx context.Context, name string, _, mode uint32, out *fuse.EntryOut) (*fs.Inode, fs.FileHandle, uint32, syscall.Errno) {
	n.d.mu.Lock()
	defer n.d.mu.Unlock()
	b := &blob{ino: n.d.ino(), mode: mode & 0o777}
	n.f.now[name] = b
	return n.child(ctx, b, out), nil, 0, 0
}

func (n *dirNode) Unlink(_ context.Context, name string) syscall.Errno {
	n.d.mu.Lock()
	defer n.d.mu.Unlock()
	delete(n.f.now, name)
	return 0
}

func (n *dirNode) Rmdir(ctx context.Context, name string) syscall.Errno {
	n.d.mu.Lock()
	defer n.d.mu.Unlock()
	if f, is := n.f.now[name].(*folder); is && len(f.now) > 0 {
		return syscall.ENOTEMPTY
	}
	delete(n.f.now, name)
	return 0
}

func (n *dirNode) Rename(_ context.Context, name string, to fs.InodeEmbedder, newName string, flags uint32) syscall.Errno {
	if flags != 0 {
		return syscall.EINVAL
	}
	n.d.mu.Lock()
	defer n.d.mu.Unlock()
	to.(*dirNode).f.now[newName] = n.f.now[name]
	delete(n.f.now, name)
	return 0
}

func (n *dirNode) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	n.d.mu.Lock()
	defer n.d.mu.Unlock()
	n.f.fsync()
	return 0
}

func (n *blobNode) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	n.d.mu.Lock()
	defer n.d.mu.Unlock()
	out.Mode, out.Ino, out.Size = fuse.S_IFREG|n.b.mode, n.b.ino, uint64(len(n.b.now))
	return 0
}

func (n *blobNode) Setattr(ctx context.Context, h fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	n.d.mu.Lock()
	if size, set := in.GetSize(); set {
		n.b.resize(int(size))
	}
	if mode, set := in.GetMode(); set {
		n.b.mode = mode & 0o777
	}
	n.d.mu.Unlock()
	return n.Getattr(ctx, h, out)
}

func (n *blobNode) Open(context.Context, uint32) (fs.FileHandle, uint32, syscall.Errno) {
	return nil, fuse.FOPEN_KEEP_CACHE, 0 // through the page cache, so that SQLite's -shm can be mapped
}

func (n *blobNode) Read(_ context.Context, _ fs.FileHandle, dest []byte, off int64) (fuse.ReadResult, syscall.Errno) {
	n.d.mu.Lock()
	defer n.d.mu.Unlock()
	if off >= int64(len(n.b.now)) {
		return fuse.ReadResultData(nil), 0
	}
	return fuse.ReadResultData(dest[:copy(dest, n.b.now[off:])]), 0
}

func (n *blobNode) Write(_ context.Context, _ fs.FileHandle, data []byte, off int64) (uint32, syscall.Errno) {
	n.d.mu.Lock()
	defer n.d.mu.Unlock()
	n.b.write(data, off)
	return uint32(len(data)), 0
}

func (n *blobNode) Flush(context.Context, fs.FileHandle) syscall.Errno { return 0 }

func (n *blobNode) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	n.d.mu.Lock()
	defer n.d.mu.Unlock()
	n.b.fsync()
	return 0
}

func (n *blobNode) Allocate(_ context.Context, _ fs.FileHandle, off, size uint64, _ uint32) syscall.Errno {
	n.d.mu.Lock()
	defer n.d.mu.Unlock()
	if end := int(off + size); end > len(n.b.now) {
		n.b.resize(end)
	}
	return 0
}
